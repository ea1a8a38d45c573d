"""The proof finds each law that a type breaks, and finds nothing wrong with the types of the package."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pyarrow as pa
import pytest

from retrato.identifiers.base import Feature, Field, Identifier, Issue, Scope, Status
from retrato.identifiers.registry import TYPES, configured, type_of
from retrato.testing import check_identifier_type
from retrato.testing.texts import NULLS, texts
from vehicle_plates import EXAMPLES, VehiclePlate

VARIANTS = (
    *TYPES,
    *(each for each in configured(region="ES", day_first=False) if each not in TYPES),
    type_of("handle.instagram"),
    type_of("category.occupation"),
)


@pytest.mark.parametrize("kind", VARIANTS, ids=repr)
def test_the_types_of_the_package_keep_all_laws(kind):
    check_identifier_type(kind)


def test_a_type_that_is_not_of_the_package_keeps_all_laws():
    check_identifier_type(VehiclePlate, EXAMPLES)
    check_identifier_type(VehiclePlate(country="PT"), EXAMPLES, seed=3)


def told(kind, examples=EXAMPLES):
    with pytest.raises(AssertionError) as error:
        check_identifier_type(kind, examples)
    return str(error.value)


def only_valid(**options):
    @dataclass(frozen=True)
    class Changed(VehiclePlate):
        def parse_parts(self, parts):
            found = super().parse_parts(parts)
            return tuple(replace(each, **options) if each.status is Status.VALID else each for each in found)

    return Changed()


def test_a_text_that_raises_is_found_and_shortened():
    @dataclass(frozen=True)
    class Raising(VehiclePlate):
        def parse_parts(self, parts):
            if "@" in (parts.get("text") or ""):
                raise ValueError("an at sign")
            return super().parse_parts(parts)

    assert "never raises: parse_parts raises ValueError (text: '@')" in told(Raising())


def test_a_mask_or_a_recognition_that_raises_is_found():
    @dataclass(frozen=True)
    class Raising(VehiclePlate):
        def mask(self, value):
            raise IndexError

        def recognise(self, sample):
            raise KeyError

    found = told(Raising())
    assert "never raises: mask raises IndexError" in found
    assert "never raises: recognise raises KeyError" in found


def test_an_identifier_in_a_null_text_is_found():
    @dataclass(frozen=True)
    class Eager(VehiclePlate):
        def parse_parts(self, parts):
            return super().parse_parts(parts) or (Identifier(self.kind, "", None, Status.INVALID),)

    found = told(Eager())
    assert "nothing in, nothing out: a null text gives an identifier (text: None)" in found


def test_chance_is_found():
    @dataclass(frozen=True)
    class Fickle(VehiclePlate):
        turn: ClassVar = []

        def parse_parts(self, parts):
            self.turn.append(1)
            found = super().parse_parts(parts)
            return tuple(replace(each, namespace=str(len(self.turn))) for each in found)

    assert "deterministic: the same cell is read in two ways" in told(Fickle())


def test_a_canonical_value_that_is_read_otherwise_is_found():
    @dataclass(frozen=True)
    class Growing(VehiclePlate):
        def parse_parts(self, parts):
            found = super().parse_parts(parts)
            return tuple(replace(each, value=f"{each.raw}!") if each.value else each for each in found)

    assert "idempotent: a canonical value is read as another value" in told(Growing())


def test_a_column_that_is_read_otherwise_than_its_cells_is_found():
    @dataclass(frozen=True)
    class Hasty(VehiclePlate):
        def accept(self, table):
            texts = table.column("text").to_pylist()
            items = [item for item, text in enumerate(texts) if text is not None and text.strip()]
            return pa.table({"item": pa.array(items, pa.int64()), "value": [texts[item].upper() for item in items]})

    found = told(Hasty())
    assert "value and column agree: a column gives another" in found
    assert "value and column agree: a column gives another number of identifiers than its cell alone" in found


def test_a_column_that_raises_or_lacks_columns_is_found():
    @dataclass(frozen=True)
    class Raising(VehiclePlate):
        def accept(self, table):
            raise TypeError

    @dataclass(frozen=True)
    class Short(VehiclePlate):
        def parse_table(self, table):
            return super().parse_table(table).drop_columns(["raw"])

    assert "value and column agree: parse_table raises TypeError" in told(Raising())
    assert "value and column agree: parse_table gives the columns" in told(Short())


@pytest.mark.parametrize(
    ("options", "law"),
    [
        ({"kind": "plate"}, "well formed: the kind of an identifier is 'plate', not 'vehicle_plate'"),
        ({"value": ""}, "well formed: a value must be a text that is not empty, or None"),
        ({"parts": {"letters": 3}}, "well formed: parts must be texts"),
        ({"raw": None}, "well formed: raw and namespace must be texts"),
        ({"issues": (Issue("Odd Code", "x"),)}, "well formed: an issue must be an Issue"),
        ({"issues": (Issue("odd", "1234BBC is odd"),)}, "well formed: the sentence of issue odd tells the value"),
        ({"keys": {"plate": "x"}}, "keys: no feature has the key plate"),
        ({"keys": {"vehicle_plate": "1234 BBC"}}, "keys: key vehicle_plate is not folded ASCII"),
        ({"keys": {"vehicle_plate": "ñ"}}, "keys: key vehicle_plate is not folded ASCII"),
        ({"keys": {"vehicle_plate": ""}}, "keys: key vehicle_plate is empty"),
        ({"value": None}, "status: a valid identifier has no value"),
        ({"status": Status.MISSING}, "status: an identifier has the status missing"),
        ({"status": "fine"}, "status: the status must be a Status"),
        ({"status": Status.PLACEHOLDER}, "status: a placeholder has keys"),
        ({"status": Status.INVALID, "value": None}, "status: an identifier without a value has keys"),
    ],
)
def test_an_identifier_that_is_not_well_formed_is_found(options, law):
    assert law in told(only_valid(**options))


def test_an_answer_that_is_no_tuple_is_found():
    @dataclass(frozen=True)
    class Loose(VehiclePlate):
        def parse_parts(self, parts):
            return list(super().parse_parts(parts))

    assert "well formed: parse_parts gives a list, not a tuple of Identifier" in told(Loose())


def test_a_mask_that_tells_the_value_is_found():
    @dataclass(frozen=True)
    class Open(VehiclePlate):
        def mask(self, value):
            return f"plate {value}"

    assert "mask: the masked form holds the value" in told(Open())


@pytest.mark.parametrize(
    ("answer", "law"),
    [
        ({"plate": 0.5}, "recognition: recognise tells of plate, which the type has not"),
        ({"vehicle_plate": 1.5}, "recognition: recognise gives a share that is not between 0 and 1"),
        ({"vehicle_plate": 0.1}, "recognition: recognise tells something of a column without values"),
        ({"vehicle_plate": 0.9}, "recognition: recognise takes texts of every sort for vehicle_plate"),
    ],
)
def test_a_recognition_that_promises_too_much_is_found(answer, law):
    @dataclass(frozen=True)
    class Sure(VehiclePlate):
        def recognise(self, sample):
            return answer

    assert law in told(Sure())


def test_an_example_that_is_not_read_is_found():
    assert "examples: an example is read as neither valid nor possible (text: 'ABC')" in told(VehiclePlate(), ["ABC"])


def feature(**options):
    plain = {"name": "vehicle_plate", "scope": Scope.PERSON, "comparison": "identifier", "keys": ("vehicle_plate",)}
    return Feature(**(plain | options))


@pytest.mark.parametrize(
    ("declared", "law"),
    [
        ({"kind": "Vehicle Plate"}, "the kind of Odd must be a plain lower-case name"),
        ({"fields": {}}, "vehicle_plate has no fields"),
        ({"fields": {"Plate": Field("text", ())}}, "field Plate must have a plain lower-case name"),
        ({"fields": {"plate": Field("text", ("Matrícula",))}}, 'header "Matrícula" of field plate is not folded'),
        ({"fields": {"plate": Field("text", "plate")}}, "the headers of field plate are no tuple of texts"),
        (
            {"fields": {"plate": Field("text", ("plate",)), "plates": Field("other", ("plate",))}},
            'header "plate" is of the fields plate and plates; keep one',
        ),
        ({"context": ("text",)}, "part text comes from a field of its own"),
        ({"features": [feature()]}, "the features of vehicle_plate must be a tuple of Feature"),
        ({"features": (feature(comparison="plates"),)}, 'feature vehicle_plate has no comparison "plates"'),
        ({"features": (feature(scope="everybody"),)}, "the scope of feature vehicle_plate must be"),
        ({"features": (feature(keys=()),)}, "the keys of feature vehicle_plate must be a tuple"),
        ({"features": (feature(name="Vehicle plate"),)}, "feature Vehicle plate must have a plain lower-case name"),
        ({"features": (feature(), feature())}, "there are two features vehicle_plate"),
    ],
)
def test_a_type_that_is_declared_badly_is_found(declared, law):
    odd = dataclass(frozen=True)(type("Odd", (VehiclePlate,), declared))
    assert f"declarations: {law}" in told(odd())


def test_a_type_that_is_no_frozen_dataclass_is_found():
    class Loose(VehiclePlate):
        __hash__ = None

    assert "declarations: Loose is no frozen dataclass" in told(Loose())


def test_all_breaches_are_told_together():
    @dataclass(frozen=True)
    class Odd(VehiclePlate):
        def mask(self, value):
            return value

        def recognise(self, sample):
            return {"plate": 0.0}

    found = told(Odd())
    assert found.startswith("Odd breaks 2 laws\n")
    assert "mask: " in found
    assert "recognition: " in found


def test_the_texts_are_the_same_for_the_same_seed_and_none_of_them_is_null():
    assert texts(EXAMPLES, 7) == texts(EXAMPLES, 7)
    assert texts(EXAMPLES, 7) != texts(EXAMPLES, 8)
    assert not set(texts((), 0)) & set(NULLS)
    assert any(len(text) > 1000 for text in texts((), 0))
