"""Generated phone numbers of all regions and formats: retrato against `phonenumbers` alone.

The oracle is `phonenumbers.parse`, `is_valid_number` and `format_number` on the text after these repairs, each of which
is counted where the library alone gives something else:

- `several`: each number of a cell that holds more than one (see `pieces` and `parted`);
- `chat`: WhatsApp ids (`34600112233@c.us`) and links (`wa.me/…`) are international numbers;
- `decimals`, `scientific`: a spreadsheet's `600112233.0` and `3.4600112233E+10` are the digits that they stand for
  (`lost`: an exponent with fewer digits than it needs is no number);
- `blanks`: invisible characters go and odd blanks are blanks; `link`: what the library does not know of a `tel:` link;
- `label`, `remark`, `extension`: a label with a digit before the number, words behind it, other words for "extension";
- `00`: an international number, wherever it is written; if it is none, the text as it stands counts;
- only where the text as it stands is not valid: `trunk_zero` (without a zero in brackets or in front), `mexican`
  (without the 1, 01, 044 and 045 of before 2019), `argentine` (9 in front for a 15 in the middle), `lost_plus` (digits
  that are too many or too few for the region), `lost_zero` (in plans that keep it).

A value that retrato calls a placeholder is counted as such and not compared.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import phonenumbers
import pyarrow as pa
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType, re_util

from differences import Differences
from retrato.identifiers.phone import Phone
from retrato.identifiers.phone_repairs import parted, readings, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
#: Customer data come from these far more often than from the rest of the world.
FREQUENT = ["ES", "MX", "AR", "CL", "CO", "US", "GB", "FR", "DE", "PT", "BR", "IT"]
FORMATS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)
TYPES = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]
SEPARATORS = (" ", "-", ".", "  ", " - ", " (", ") ", "\u00a0", "\u2011", "\u202f", "/", "·", "~", "*", "\t", "_")
EXTENSIONS = (
    " ext. {}",
    " x{}",
    "x{}",
    ";ext={}",
    " #{}",
    " ext {}",
    " int. {}",
    " anexo {}",
    " interno {}",
    " ramal {}",
)
LABELS = ("Tel: {}", "Móvil {}", "tel:{}", "({})", "'{}", "Tel 1: {}", "{} (casa)", "{} ana", "\u202a{}\u202c", " {} ")
CHUNK = 50_000


class Text(NamedTuple):
    """A text with the numbers that were written in it, and the region that a row says."""

    written: tuple[str, ...]
    cell: str
    region: str | None


class Outcome(NamedTuple):
    valid: bool
    value: str | None


def compare(count: int, seed: int) -> Differences:
    """Generate so many texts and compare what the column reads with what the library says."""
    keep_patterns = getattr(re_util, "enable_pattern_cache", None)
    if keep_patterns:  # the plans of all regions do not fit into the cache of `re`
        keep_patterns()
    differences = Differences()
    rng = random.Random(seed)
    for start in range(0, count, CHUNK):
        texts = [generated(rng) for _ in range(min(CHUNK, count - start))]
        kind = Phone(region=rng.choice([None, None, *FREQUENT]))
        table = pa.table(
            {"text": pa.array([each.cell for each in texts]), "country": pa.array([each.region for each in texts])}
        )
        found: list[list[Outcome | None]] = [[] for _ in texts]
        for row in kind.parse_column(table).select(["item", "value", "status"]).to_pylist():
            outcome = None if row["status"] == "placeholder" else Outcome(row["status"] == "valid", row["value"])
            found[row["item"]].append(outcome)
        for text, outcomes in zip(texts, found, strict=True):
            _compare(differences, text, text.region or kind.region, outcomes)
    return differences


def _compare(differences: Differences, text: Text, region: str | None, found: list[Outcome | None]) -> None:
    differences.compared += 1
    if None in found:
        differences.repaired["placeholder"] += 1
        return
    whole = _expected(Differences(), text.cell, region)
    several = text.written if len(text.written) > 1 else parted(text.cell)
    if len(several) == 1 or (len(found) == 1 and (whole.valid or whole.value) and _agree(found[0], whole)):
        expected = [_expected(differences, text.cell, region)]
    else:
        differences.repaired["several"] += 1
        expected = [_expected(differences, each, region) for each in several]
    if len({each.value for each in expected if each.valid}) < len(expected) > 1:
        valid = {each.value for each in found if each and each.valid}
        agree = valid == {each.value for each in expected if each.valid}
    else:
        agree = len(found) == len(expected) and all(map(_agree, found, expected))
    if not agree:
        differences.disagreements.append(f"{text.cell!r} in {region}: {found}, library {expected}")


def _agree(found: Outcome | None, expected: Outcome) -> bool:
    """The same validity and value; what one of them does not read at all has no value to compare."""
    if found is None or found.valid != expected.valid:
        return False
    return found.value == expected.value if found.valid else None in (found.value, expected.value) or found == expected


def _expected(differences: Differences, text: str, region: str | None) -> Outcome:
    alone = library(text, region)
    changed = rewritten(text)
    outcome, name = (Outcome(False, None), "lost") if changed.lost else _read(changed.text, region)
    if outcome != alone:
        for each in {*changed.names, name} - {""}:
            differences.repaired[each] += 1
    return outcome


def _read(text: str, region: str | None) -> tuple[Outcome, str]:
    plain = parsed(text, region)
    possible = plain is not None and phonenumbers.is_possible_number(plain)
    attempts = []
    for attempt, name in readings(text, region):
        number = parsed(attempt, region)
        if (name == "lost_plus" and possible) or (name == "lost_zero" and not (number and number.italian_leading_zero)):
            continue
        attempts.append((_outcome(number), name or ("00" if attempt != text else "")))
        if attempts[-1][0].valid:
            return attempts[-1]
    abroad = next((outcome for outcome, name in attempts if name == "00"), Outcome(False, None))
    return (_outcome(plain) if plain else abroad), ""


def library(text: str, region: str | None) -> Outcome:
    """What the library alone says of a text."""
    return _outcome(parsed(text, region))


def _outcome(number: PhoneNumber | None) -> Outcome:
    if number is None:
        return Outcome(False, None)
    return Outcome(phonenumbers.is_valid_number(number), phonenumbers.format_number(number, PhoneNumberFormat.E164))


def parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def generated(rng: random.Random) -> Text:
    """One cell: a number of some region, right or wrong, in some form, perhaps damaged."""
    region = rng.choice(FREQUENT) if rng.random() < 0.3 else rng.choice(REGIONS)
    said = region if rng.random() < 0.7 else rng.choice([None, rng.choice(REGIONS)])
    number = _number(rng, region)
    text = _damaged(rng, number) if rng.random() < 0.2 else _written(rng, number)
    if rng.random() < 0.03:
        other = _written(rng, _number(rng, region))
        if min(map(_digits, (text, other))) >= 7 and not set("/,;\t(") & set(text + other):
            joined = rng.choice((" / ", "; ", " | ", "\n", ", ")).join((text, other))
            return Text((text, other), joined, said)
    return Text((text,), text, said)


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


@cache
def _examples(region: str) -> tuple[str, ...]:
    found = (phonenumbers.example_number_for_type(region, kind) for kind in TYPES)
    return tuple(phonenumbers.national_significant_number(each) for each in found if each)


@cache
def _lengths(region: str) -> tuple[int, ...]:
    return tuple(PhoneMetadata.metadata_for_region(region).general_desc.possible_length)


def _number(rng: random.Random, region: str) -> PhoneNumber:
    """An example with some digits drawn anew, or digits at random of a length that the plan has, or nearly."""
    code = phonenumbers.country_code_for_region(region)
    if rng.random() < 0.85:
        digits = list(rng.choice(_examples(region)))
        keep = rng.choice((2, 3, 4, 6))
        digits[keep:] = (str(rng.randrange(10)) for _ in digits[keep:])
    else:
        digits = [str(rng.randrange(10)) for _ in range(rng.choice(_lengths(region)))]
    if rng.random() < 0.06:
        digits = digits[:-1] if rng.random() < 0.5 else [*digits, str(rng.randrange(10))]
    national = "".join(digits) or "0"
    number = PhoneNumber(country_code=code, national_number=int(national))
    zeros = len(national) - len(national.lstrip("0"))
    if zeros:
        number.italian_leading_zero, number.number_of_leading_zeros = True, zeros
    return number


def _written(rng: random.Random, number: PhoneNumber) -> str:
    """The number in a format of the library, as plain digits, or with separators of all sorts."""
    national = phonenumbers.national_significant_number(number)
    e164 = f"+{number.country_code}{national}"
    way = rng.random()
    if way < 0.45:
        text = phonenumbers.format_number(number, rng.choice(FORMATS))
    elif way < 0.7:
        text = rng.choice((e164, national, "0" + national, "00" + e164[1:], e164[1:], f"+{e164}", f"011{e164[1:]}"))
    else:
        text = _separated(rng, rng.choice((e164, national, "0" + national, "00" + e164[1:])))
    if rng.random() < 0.08:
        text += rng.choice(EXTENSIONS).format(rng.randrange(1, 9999))
    return text


def _separated(rng: random.Random, digits: str) -> str:
    marks: Iterator[str] = (rng.choice(SEPARATORS) if rng.random() < 0.3 else "" for _ in digits)
    usual = rng.choice(" -.")
    if rng.random() < 0.6:
        marks = (usual if rng.random() < 0.4 else "" for _ in digits)
    return "".join(mark + digit for mark, digit in zip(marks, digits, strict=True))


def _damaged(rng: random.Random, number: PhoneNumber) -> str:
    """The number as links, programs, spreadsheets and hasty people leave it."""
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    digits = code + national
    mantissa = f"{digits[0]}.{digits[1:]}"
    ways = (
        f"{digits}@c.us",
        f"{digits}:12@s.whatsapp.net",
        f"https://wa.me/{digits}?text=hola",
        f"https://api.whatsapp.com/send?phone={digits}",
        f"{national}.0",
        f"+{digits}.0",
        f"{mantissa}E+{len(digits) - 1}",
        f"{mantissa[:6]}E+{len(digits) - 1}",
        f"+{code} (0){national}",
        f"({code}) {national}",
        national.lstrip("0"),
        rng.choice(LABELS).format(rng.choice((f"+{digits}", national))),
        f"tel:{national};phone-context=+{code}",
        f"tel:%2B{digits}",
        f"+521{national}",
        f"{rng.choice(('044', '045', '01', '1'))} {national}",
        f"+549{national[:2]}15{national[2:]}",
        "".join(chr(0x660 + int(each)) for each in digits),
    )
    return rng.choice(ways)
