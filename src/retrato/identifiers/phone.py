"""Phone numbers, WhatsApp ids included, to E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumberType

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.phone_recognition import phone_share
from retrato.identifiers.phone_repairs import LONGEST, digits_of, parted, pieces, readings, rewritten
from retrato.identifiers.placeholders import MOST_SHARED_ROWS, MOST_SHARED_SHARE, is_absent, is_null, is_repeated
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

#: No plan has shorter numbers.
FEWEST_DIGITS = 4
#: With a calling code no number has more digits that the library reads.
MOST_DIGITS = 20
#: One number has 15 digits by E.164, and 00 before them; a text with more may be two.
MOST_DIGITS_OF_ONE = 17
#: A national number of so many digits may be one, wherever it is from.
POSSIBLE_DIGITS = range(6, 16)
ARGENTINA = 54
#: The national number of a mobile in Argentina called from abroad: its 9 stands before area code and number.
ARGENTINE_MOBILE_DIGITS = 11
#: Matching compares the last digits of a national number on their own.
TAIL = 9
#: Such a number is typed in one or two ways, so only texts with a good part of all its cells need be read.
_SHARED_SPELLINGS = 10

TYPE_NAMES: Mapping[int, str] = {
    value: name.lower() for name, value in vars(PhoneNumberType).items() if name.isupper() and name != "UNKNOWN"
}

_EXTENSION = re.compile(r"[\s,;]*(?:;ext=|\bext\b\.?|\bx|#)\s*:?\s*(\d{1,7})\s*$", re.IGNORECASE)
_SHAPE = re.compile(r"[^\W\d_]{0,12}[.:\s]*\(?\s*\+?[\d\s().\-/–—*]+")
_FROM_NUMBER = {
    CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN,
    CountryCodeSource.FROM_NUMBER_WITH_IDD,
    CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN,
}

DAMAGED = Issue("spreadsheet_damage", "the number was written as a decimal")
_LOST = Issue("digits_lost", "a spreadsheet has rounded the number and lost its last digits")
_SHEET_FORMS = frozenset({"decimals", "scientific"})
NO_REGION = Issue("no_region", "a national number without a country cannot be checked")
NOT_VALID = Issue("not_in_use", "no numbering plan has such a number")
_NO_NUMBER = Issue("not_a_number", "the text is no phone number")
_FILLER = Issue("filler", "the digits are a filler, not a number")
_SHARED = Issue("shared_by_many", "the number stands in too many records to be a person's")
EXTENDED = Issue("extension", "the extension was set aside")


class _Read(NamedTuple):
    """What the library has made of a text: the number, its type, and the repair that helped."""

    number: phonenumbers.PhoneNumber
    type: int
    repair: str


@dataclass(frozen=True)
class Phone(IdentifierType):
    """A phone number in E.164. Region: the number's own (`+34…`), else the row's country, else `region`.

    Without any of them a national number keeps its digits, with status `possible`. Valid numbers have the parts `type`
    (mobile, fixed_line…), `region` and `region_from` (number, country, default); where there are such, `extension` and
    `repair` (see `phone_repairs`). Values in `fillers` are placeholders; a national number there stands for all
    countries.

    >>> Phone(region="ES").parse("600 11 22 33").value
    '+34600112233'
    >>> Phone().parse("34600112233@c.us").parts
    {'type': 'mobile', 'region': 'ES', 'region_from': 'number'}
    """

    region: str | None = None
    fillers: frozenset[str] = field(default=frozenset(), repr=False)

    kind: ClassVar[str] = "phone"
    fields: ClassVar[Mapping[str, Field]] = {
        "phone": Field("text", headers("phone")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("phone", Scope.SHARED, "phone", ("phone", "phone_tail"), contact_point=True, multivalued=True),
    )
    context: ClassVar[tuple[str, ...]] = ("country",)

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several numbers; a number written twice is given once."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        country = region_of(parts.get("country"))
        region = (country, "country") if country else (self.own_region, "default")
        written = [each for piece in pieces(text) for each in _numbers(piece, region[0])]
        if len(written) == 1:
            return (self._read(text, written[0], region),)
        found: dict[str | None, Identifier] = {}
        for piece in written:
            each = self._read(piece, piece, region)
            found.setdefault(each.value, each)
        if len(found) > 1:
            found.pop(None, None)
        return tuple(found.values())

    @property
    def own_region(self) -> str | None:
        """The region that holds where neither number nor row says any, if there is a numbering plan for it."""
        return region_of(self.region)

    def _read(self, raw: str, text: str, region: tuple[str | None, str]) -> Identifier:
        number, names, lost = rewritten(text)
        if lost:
            return Identifier(self.kind, raw, None, Status.INVALID, issues=(_LOST,))
        found = self._read_number(raw, text, number, region)
        if _SHEET_FORMS.isdisjoint(names):
            return found
        return replace(found, issues=(DAMAGED, *found.issues))

    def _read_number(self, raw: str, text: str, number: str, region: tuple[str | None, str]) -> Identifier:
        digits = digits_of(number[:LONGEST].partition(";ext=")[0])
        if digits and is_filler(digits):
            return self._filler(raw, f"+{digits}" if number.lstrip(" (").startswith("+") else digits)
        few = len(digits) < FEWEST_DIGITS
        found = None if few and (not digits or len(number) > MOST_DIGITS) else _found(number, region[0])
        if few and (found is None or found.type == PhoneNumberType.UNKNOWN):
            absent = is_absent(fold(text[:LONGEST]))
            status, issues = (Status.PLACEHOLDER, ()) if absent else (Status.INVALID, (_NO_NUMBER,))
            return Identifier(self.kind, raw, None, status, issues=issues)
        if found is None:
            return self._unread(raw, number, region[0])
        return self._e164(raw, found, region[1])

    def _e164(self, raw: str, found: _Read, otherwise: str) -> Identifier:
        number = found.number
        national = phonenumbers.national_significant_number(number)
        value = _e164_of(number)
        issues: tuple[Issue, ...] = (EXTENDED,) if number.extension else ()
        if is_repeated(str(number.national_number)) or is_filler(value[1:]):
            return self._filler(raw, value)
        if self.fillers and (value in self.fillers or national in self.fillers):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(*issues, _SHARED))
        extra = {"extension": number.extension} if number.extension else {}
        keys = {"phone": matching_digits(number.country_code or 0, national), "phone_tail": national[-TAIL:]}
        if found.type == PhoneNumberType.UNKNOWN:
            issues = (*issues, NOT_VALID)
            if not _stays_invalid(value):
                return Identifier(self.kind, raw, None, Status.INVALID, parts=extra, issues=issues)
            return Identifier(self.kind, raw, value, Status.INVALID, keys=keys, parts=extra, issues=issues)
        parts: dict[str, str] = {
            "type": TYPE_NAMES[found.type],
            "region": phonenumbers.region_code_for_number(number) or "",
            "region_from": "number" if number.country_code_source in _FROM_NUMBER else otherwise,
        }
        repair = {"repair": found.repair} if found.repair else {}
        return Identifier(self.kind, raw, value, Status.VALID, keys=keys, parts=parts | repair | extra, issues=issues)

    def _unread(self, raw: str, number: str, region: str | None) -> Identifier:
        """A text that the library does not read: no number at all, or a national number without a region."""
        extended = _EXTENSION.search(number)
        number, extension = (number[: extended.start()], extended[1]) if extended else (number, "")
        digits = digits_of(number)
        if _SHAPE.fullmatch(number) is None or len(digits) < FEWEST_DIGITS:
            return Identifier(self.kind, raw, None, Status.INVALID, issues=(_NO_NUMBER,))
        international = "+" in number
        national = digits.lstrip("0") or digits
        value = "+" + digits if international else digits
        if is_filler(digits):
            return self._filler(raw, value)
        issues = (EXTENDED,) if extension else ()
        parts = {"extension": extension} if extension else {}
        if self.fillers and (value in self.fillers or national in self.fillers):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(*issues, _SHARED))
        possible = region is None and not international and len(national) in POSSIBLE_DIGITS
        status, issue = (Status.POSSIBLE, NO_REGION) if possible else (Status.INVALID, NOT_VALID)
        if len(national) <= FEWEST_DIGITS:  # too short to be told from another number
            return Identifier(self.kind, raw, None, Status.INVALID, parts=parts, issues=(*issues, issue))
        keys = {"phone": national, "phone_tail": national[-TAIL:]}
        return Identifier(self.kind, raw, value, status, keys=keys, parts=parts, issues=(*issues, issue))

    def _filler(self, raw: str, value: str) -> Identifier:
        return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(_FILLER,))

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read plainly written numbers with the numbering plans of the library compiled for whole columns."""
        from retrato.identifiers.columns.phone import accept_phones

        return accept_phones(self, table)

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """With the numbers as fillers that too many of the filled cells hold to be anybody's own.

        >>> import pyarrow as pa
        >>> numbers = ["+34600112233"] * 60 + [f"+346001{n}" for n in range(10000, 10100)]
        >>> kind, found = Phone().inferred({"text": pa.chunked_array([numbers])})
        >>> sorted(kind.fillers), found
        (['+34600112233'], ('1 phone number stands in 60 of 160 filled cells: a placeholder',))
        """
        import pyarrow.compute as pc

        texts = columns.get("text")
        if texts is None:
            return self, ()
        counts = pc.value_counts(texts.cast("string").drop_null()).flatten()
        filled = pc.sum(counts[1]).as_py() or 0
        least = max(MOST_SHARED_ROWS, MOST_SHARED_SHARE * filled)
        often = pc.greater_equal(counts[1], least / _SHARED_SPELLINGS)
        cells: dict[str, int] = {}
        for text, count in zip(counts[0].filter(often).to_pylist(), counts[1].filter(often).to_pylist(), strict=True):
            for each in self.parse_parts({"text": text}):
                if each.usable and each.value and each.value not in self.fillers:
                    cells[each.value] = cells.get(each.value, 0) + count
        shared = {value: count for value, count in cells.items() if count >= least}
        if not shared:
            return self, ()
        many = len(shared) > 1
        sentence = (
            f"{len(shared)} phone number{'s stand' if many else ' stands'} in {sum(shared.values())} of {filled} "
            f"filled cells: {'placeholders' if many else 'a placeholder'}"
        )
        return replace(self, fillers=self.fillers | shared.keys()), (sentence,)

    def mask(self, value: str) -> str:
        """The country and the last two digits stay.

        >>> Phone().mask("600112233")
        '*******33'
        """
        shown = 3 if value.startswith("+") else 0
        return value[:shown] + "*" * max(len(value) - shown - 2, 3) + value[-2:] if len(value) > 5 else "***"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values that look like numbers; plain digits say less than `+`, blanks and brackets."""
        return {"phone": phone_share(sample)} if sample else {}


@remembered(1 << 12)
def region_of(country: str | None) -> str | None:
    """The region of the library for a country, by name or code; None where there is no numbering plan.

    >>> region_of("España"), region_of("ht"), region_of("Atlantis")
    ('ES', 'HT', None)
    """
    if not country:
        return None
    code = country_code(country) or country.strip().upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else None


def matching_digits(code: int, national: str) -> str:
    """The digits under which all spellings of one subscriber meet.

    A mobile in Argentina is one subscriber whether it is called from abroad with the 9 or at home with the 15 or
    without: area code and number are never those of another line.

    >>> matching_digits(54, "91123456789"), matching_digits(34, "600112233")
    ('541123456789', '34600112233')
    """
    if code == ARGENTINA and len(national) == ARGENTINE_MOBILE_DIGITS and national.startswith("9"):
        national = national[1:]
    return f"{code}{national}"


def is_filler(digits: str) -> bool:
    """Whether digits say nothing: one repeated, counting, or seven of the same at the end.

    >>> is_filler("123456789"), is_filler("34000000000"), is_filler("600112233")
    (True, True, False)
    """
    return (
        is_repeated(digits)
        or is_repeated(digits.lstrip("0") or "00000")
        or (len(digits) > 6 and len(set(digits[-7:])) == 1)
    )


def _found(text: str, region: str | None) -> _Read | None:
    """The first reading that is valid, else the first of which the library makes a number at all."""
    first: _Read | None = None
    possible = False
    for attempt, name in readings(text, region):
        if name == "lost_plus" and possible:
            continue
        number = _parsed(attempt, region)
        if number is None or (name == "lost_zero" and not number.italian_leading_zero):
            continue
        found = _Read(number, phonenumbers.number_type(number), name)
        if found.type != PhoneNumberType.UNKNOWN:
            return found
        if attempt == text:
            possible = phonenumbers.is_possible_number(number)
            first = found
        elif first is None and not name:
            first = found
    return first


def _stays_invalid(value: str) -> bool:
    """Whether an E.164 form that is no valid number is read as itself again (a second prefix may come off)."""
    again = _found(value, None) if len(value) > FEWEST_DIGITS else None
    return again is not None and again.type == PhoneNumberType.UNKNOWN and _e164_of(again.number) == value


def _e164_of(number: phonenumbers.PhoneNumber) -> str:
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"


def _numbers(text: str, region: str | None) -> list[str]:
    """The numbers of a text: one if the whole of it is a valid number, or is a number and no part of it is valid."""
    several = parted(text)
    if len(several) > 1 and len(digits_of(text)) <= MOST_DIGITS_OF_ONE:
        whole = _as_it_stands(text, region)
        if any(map(phonenumbers.is_valid_number, whole)):
            return [text]
        parts = (number for each in several for number in _as_it_stands(each, region))
        if whole and not any(map(phonenumbers.is_valid_number, parts)):
            return [text]
    return several


def _as_it_stands(text: str, region: str | None) -> list[phonenumbers.PhoneNumber]:
    """What the library makes of a text without any digit changed."""
    numbers = (_parsed(attempt, region) for attempt, name in readings(rewritten(text).text, region) if not name)
    return [number for number in numbers if number is not None]


@remembered(1 << 4)
def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
