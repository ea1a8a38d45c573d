"""Phone numbers, WhatsApp ids included, to E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import phonenumbers

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null, is_repeated
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_SEPARATORS = re.compile(r"\s*(?:[;|,\n\r]|\s/\s|\s[oyó&]\s|\s(?:or|and)\s)\s*")
_SLASH = re.compile(r"(?<=\d{6})\s*/\s*(?=[+\d])")
_WHATSAPP = re.compile(
    r"(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=|whatsapp://send\?phone=)\+?(\d{7,15}).*", re.IGNORECASE
)
_WHATSAPP_ID = re.compile(r"(\d{7,15})(?:[:-]\d+)?@(?:c\.us|s\.whatsapp\.net|g\.us)", re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:tel|phone|sms|callto|whatsapp|wa|movil|móvil|cel|fax|tlf|tfno|tf|ph|mob|m|t)?[.:\s]*(?=[+(\d])",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\s*(?:;ext=|\bext\.?|\bextensi[oó]n|\bx|\banexo|\bint\.?|#)\s*:?\s*(\d{1,6})\s*$", re.IGNORECASE
)
_REMARK = re.compile(r"\s*\([^()\d]*\)\s*$")
_QUOTES = "'\"`´’=<>"
_FLOAT = re.compile(r"\+?(\d+)\.0+")
_SCIENTIFIC = re.compile(r"(\d(?:[.,]\d+)?)[eE]\+?(\d{1,2})")
_TRUNK_ZERO = re.compile(r"(\+|\b00)\s*(\d{1,3})\s*\(0\)")
_SHAPE = re.compile(r"[+\d\s().\-/–—·*#\u00a0\u2007\u202f\u200b\u202a\u202c]+")
#: Calling codes of the countries this package knows best, for telling numbers without a plus sign from ids.
_CALLING_CODES = (
    "00",
    "1",
    "34",
    "44",
    "51",
    "52",
    "54",
    "55",
    "56",
    "57",
    "58",
    "593",
    "598",
    "351",
    "33",
    "39",
    "49",
)
_DATE = re.compile(r"[12]\d{3}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d\d)?\d\d")

_DAMAGED = Issue("spreadsheet_damage", "the number was rounded by a spreadsheet: its last digits are lost")
_NO_REGION = Issue("no_region", "a national number without a country cannot be checked")
_NOT_VALID = Issue("not_in_use", "no numbering plan has such a number")
_NO_NUMBER = Issue("not_a_number", "the text is no phone number")
_FILLER = Issue("filler", "the digits are a filler, not a number")
_EXTENDED = Issue("extension", "the extension was set aside")


@dataclass(frozen=True)
class Phone(IdentifierType):
    """A phone number in E.164. Region: the number's own (`+34…`), else the row's country, else `region`.

    Without any of them a national number keeps its digits, with status `possible`.

    >>> Phone(region="ES").parse("600 11 22 33").value
    '+34600112233'
    >>> Phone().parse("34600112233@c.us").value
    '+34600112233'
    """

    region: str | None = None

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
        region = country_code(parts.get("country")) or self.region
        pieces = _pieces(text)
        if len(pieces) == 1:
            return (self._read(text, pieces[0], region),)
        found: dict[str | None, Identifier] = {}
        for piece in pieces:
            each = self._read(piece, piece, region)
            found.setdefault(each.value, each)
        if len(found) > 1:
            found.pop(None, None)
        return tuple(found.values())

    def _read(self, raw: str, text: str, region: str | None) -> Identifier:
        if is_absent(fold(text)):
            return Identifier(self.kind, raw, None, Status.PLACEHOLDER)
        number, issues = _repaired(text)
        if _DAMAGED in issues:
            return Identifier(self.kind, raw, None, Status.INVALID, issues=issues)
        digits = "".join(each for each in number if each.isdecimal())
        if not digits.isascii():
            digits = fold(digits)
            number = ("+" if number.startswith("+") else "") + digits
        if len(digits) < 4 or _SHAPE.fullmatch(number) is None:
            return Identifier(self.kind, raw, None, Status.INVALID, issues=(*issues, _NO_NUMBER))
        if _is_filler(digits):
            value = f"+{digits}" if number.startswith("+") else digits
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(*issues, _FILLER))
        return self._checked(raw, number, digits, region, issues)

    def _checked(self, raw: str, number: str, digits: str, region: str | None, issues: tuple[Issue, ...]) -> Identifier:
        international = number.startswith("+")
        if region == "MX" or digits.startswith("521"):
            number, international, digits = _mexican(number, digits, international, region)
        parsed = _parsed(number, None if international else region)
        if parsed is None or not phonenumbers.is_valid_number(parsed):
            other = None if international or len(digits) < 10 else _parsed("+" + digits, None)
            if other is not None and phonenumbers.is_valid_number(other):
                parsed = other
            elif parsed is None:
                return self._national(raw, digits, region, issues)
            else:
                return self._e164(raw, parsed, Status.INVALID, (*issues, _NOT_VALID))
        national = str(parsed.national_number)
        if is_repeated(national):
            return Identifier(
                self.kind, raw, f"+{parsed.country_code}{national}", Status.PLACEHOLDER, issues=(*issues, _FILLER)
            )
        return self._e164(raw, parsed, Status.VALID, issues)

    def _e164(
        self, raw: str, parsed: phonenumbers.PhoneNumber, status: Status, issues: tuple[Issue, ...]
    ) -> Identifier:
        value = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        digits = value[1:]
        tail = digits[len(str(parsed.country_code)) :][-9:]
        keys = {"phone": digits, "phone_tail": tail}
        return Identifier(self.kind, raw, value, status, keys=keys, issues=issues)

    def _national(self, raw: str, digits: str, region: str | None, issues: tuple[Issue, ...]) -> Identifier:
        national = digits.lstrip("0") or digits
        status, issue = (
            (Status.POSSIBLE, _NO_REGION) if region is None and 6 <= len(digits) <= 15 else (Status.INVALID, _NOT_VALID)
        )
        keys = {"phone": national, "phone_tail": national[-9:]} if len(digits) > 4 else {}
        return Identifier(self.kind, raw, national, status, keys=keys, issues=(*issues, issue))

    def mask(self, value: str) -> str:
        """The country and the last two digits stay.

        >>> Phone().mask("600112233")
        '*******33'
        """
        shown = 3 if value.startswith("+") else 0
        return value[:shown] + "*" * max(len(value) - shown - 2, 3) + value[-2:] if len(value) > 5 else "***"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values that look like numbers; plain digits say less than `+`, blanks and brackets."""
        if not sample:
            return {}
        likely = sum(_likelihood(text.strip()) for text in sample[:200])
        return {"phone": 0.95 * likely / len(sample[:200]) * (0.3 if _is_count(sample[:200]) else 1.0)}


def _likelihood(text: str) -> float:
    """How likely one text is a phone number rather than an id, a date or a code."""
    if "@" in text:
        return 1.0 if _WHATSAPP_ID.fullmatch(text) else 0.0
    digits = sum(each.isdigit() for each in text)
    if not 8 <= digits <= 15 or _DATE.match(text) or not _SHAPE.fullmatch(text):
        return 0.0
    if not text.isdigit():
        return 1.0 if text[0] in "+(" or " " in text or "-" in text else 0.4
    if digits == 9:
        return 0.7 if text[0] in "6789" else 0.3
    if digits == 10:
        return 0.2 if text.startswith(("15", "16", "17")) else 0.5
    return 0.7 if digits > 10 and text.startswith(_CALLING_CODES) else 0.2


def _is_count(sample: Sequence[str]) -> bool:
    """Whether the values are numbers that run on, as ids do."""
    numbers = [int(text) for text in sample if text.isdecimal() and len(text) < 16]
    return len(numbers) == len(sample) > 10 and max(numbers) - min(numbers) < 50 * len(numbers)


def _pieces(text: str) -> list[str]:
    if len(text) <= 10 and text.isdigit():
        return [text]
    if "wa.me" in text or "whatsapp" in text:
        found = _WHATSAPP.fullmatch(text.strip())
        if found:
            return ["+" + found[1]]
    pieces = [piece for piece in _SEPARATORS.split(_SLASH.sub(";", text.replace(";ext=", " ext "))) if piece.strip()]
    if len(pieces) > 1 and _SCIENTIFIC.fullmatch(text.strip()):
        return [text]
    return pieces or [text]


def _repaired(text: str) -> tuple[str, tuple[Issue, ...]]:
    """The number without labels, extension and spreadsheet damage."""
    number = text.strip()
    if number.isdigit() and number.isascii():
        return ("+" + number[2:].lstrip("0") if number.startswith("00") and len(number) > 10 else number), ()
    issues: tuple[Issue, ...] = ()
    if "@" in number:
        chat = _WHATSAPP_ID.fullmatch(number)
        if chat:
            return "+" + chat[1], ()
    scientific = _SCIENTIFIC.fullmatch(number)
    if scientific:
        mantissa, exponent = scientific[1].replace(",", "."), int(scientific[2])
        if exponent <= 15:
            whole, _, fraction = mantissa.partition(".")
            lossless = len(fraction) >= exponent
            return (whole + fraction.ljust(exponent, "0"))[: exponent + 1], () if lossless else (_DAMAGED,)
    decimal = _FLOAT.fullmatch(number)
    if decimal:
        return _repaired(decimal[1])[0], ()
    number = _REMARK.sub("", _LABEL.sub("", number.strip(_QUOTES)))
    extended = _EXTENSION.search(number)
    if extended and extended.start() > 6:
        number, issues = number[: extended.start()], (_EXTENDED,)
    number = _TRUNK_ZERO.sub(
        r"\1\2", number.replace("\u200e", "").replace("\u202a", "").replace("\u202c", "").replace("＋", "+")
    )
    number = number.strip()
    compact = "".join(each for each in number if each.isdigit())
    if number.startswith("00") and len(compact) > 9:
        number = "+" + compact[2:].lstrip("0")
    elif number.startswith(("(+", "(00")):
        number = "+" + compact.removeprefix("00")
    return number, issues


def _mexican(number: str, digits: str, international: bool, region: str | None) -> tuple[str, bool, str]:
    """A Mexican number without the prefixes that went out of use in 2019 (`+52 1`, `044`, `045`, `01`, `1`)."""
    if len(digits) == 13 and digits.startswith("521"):
        digits = "52" + digits[3:]
        return "+" + digits, True, digits
    if region == "MX" and not international:
        for prefix in ("044", "045", "01", "1"):
            if digits.startswith(prefix) and len(digits) == len(prefix) + 10:
                return digits[len(prefix) :], False, digits[len(prefix) :]
    return number, international, digits


def _is_filler(digits: str) -> bool:
    return (
        is_repeated(digits)
        or is_repeated(digits.lstrip("0") or "00000")
        or (len(digits) > 6 and len(set(digits[-7:])) == 1)
    )


def _parsed(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
