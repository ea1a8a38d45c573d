"""An identifier type that is not of the package: Spanish registration plates."""

import re
from dataclasses import dataclass
from typing import ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.placeholders import is_absent, is_null

PLATE = re.compile(r"\d{4}[bcdfghjklmnprstvwxyz]{3}")
EXAMPLES = ("1234 BBC", "1234BBC", "1234-bbc", " 9876 zxy ")


@dataclass(frozen=True)
class VehiclePlate(IdentifierType):
    """A plate of four digits and three consonants."""

    country: str = "ES"

    kind: ClassVar = "vehicle_plate"
    fields: ClassVar = {"vehicle_plate": Field("text", ("vehicle plate", "plate", "matricula", "matricula coche"))}
    features: ClassVar = (
        Feature("vehicle_plate", Scope.SHARED, "identifier", ("vehicle_plate",), contact_point=True, multivalued=True),
    )

    def parse_parts(self, parts):
        text = parts.get("text")
        if is_null(text):
            return ()
        key = squeeze(text)
        if is_absent(fold(text)) or key == "0000bbb":
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER),)
        if not PLATE.fullmatch(key):
            issue = Issue("not_a_plate", "a plate has four digits and three consonants")
            return (Identifier(self.kind, text, None, Status.INVALID, issues=(issue,)),)
        value = f"{key[:4]} {key[4:].upper()}"
        return (Identifier(self.kind, text, value, Status.VALID, keys={"vehicle_plate": key}),)


#: A configured plate that has a name, and so can be written in a rules file.
ANDORRAN = VehiclePlate(country="AD")
