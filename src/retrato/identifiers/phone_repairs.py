"""Phone texts as people and programs write them, put into the forms that `phonenumbers` reads.

Two sorts of repair, each with a name. A *rewriting* (`rewritten`) changes how a number is written and is done before
the library sees the text: WhatsApp ids and links, `tel:` links, spreadsheet damage, odd blanks, remarks. A *reading*
(`readings`) changes digits, so it only counts when it gives a valid number and the text as it stands does not (an
international number written with `00` is read as such first).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longer texts are no phone numbers: `phonenumbers` reads none of more than 250 characters.
LONGEST = 250

#: Between two numbers, whatever stands beside it.
_SEPARATORS = re.compile(r"[;|,\n\r]|\s[oyóe&]\s|\s(?:or|and)\s", re.IGNORECASE)
#: Between two numbers only where each side has so many digits, looked for in this order.
_WEAK_SEPARATORS = (
    (re.compile(r"\s(?=\+)"), 7),
    (re.compile(r"/"), 7),
    (re.compile(r"\s(?=00[1-9])|(?<=\d{9})\s+(?=\d{9})"), 7),
    (re.compile(r"\s[-–—]\s"), 9),
)
#: Each of two numbers has so many digits.
ENOUGH_FOR_EACH = 7
_AROUND = " \t/"

_CHAT_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me/(?:c/)?|(?:api|web)\.whatsapp\.com/send/?\?(?:[^#\s]*&)?phone=|"
    r"whatsapp://send/?\?(?:[^#\s]*&)?phone=)(?:\+|%2b|00)?(\d{7,15})(?:\D.*)?",
    re.IGNORECASE | re.DOTALL,
)
#: A WhatsApp id, for `re` and for RE2 alike: the number is its group.
CHAT_ID = r"(?:whatsapp:)?\+?(\d{7,15})(?:[:.-]\d+)*@(?:c\.us|s\.whatsapp\.net|g\.us)"
_CHAT_ID = re.compile(CHAT_ID, re.IGNORECASE)
_LINK = re.compile(r"(?:tel|callto|sms|smsto|whatsapp):(?://)?([^;?,|/\n\r]*)((?:[;?].*)?)", re.IGNORECASE | re.DOTALL)
_LINK_EXTENSION = re.compile(r";ext=([\d.-]+)", re.IGNORECASE)
_LINK_CONTEXT = re.compile(r";phone-context=([^;]*)", re.IGNORECASE)
_DECIMALS = re.compile(r"(\+?\d+)[.,]0+")
_SCIENTIFIC = re.compile(r"\+?(\d(?:[.,]\d+)?)[eE]\+?(\d{1,2})")
#: A label that ends in a digit: `Tel. 1: `, `Phone 2 - `.
_LABEL = re.compile(r"^[^\W\d_][^\d+]{1,20}[1-9]\s*(?:[:)]|\s-\s)\s*(?=[+(]?\d)")
#: Words of which the library does not know that they announce an extension.
_EXTENSION_LABEL = re.compile(
    r"[\s,;(]*\b(?:interno|ramal|extensi[oó]n|ext|anexo|int)\b[\s.:]*(?:n[ºo°.]*)?\s*:?\s*(\d{1,7})\)?\s*$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"[\s,(\[–-]+[^\W\d_][^\d]*$|\s*\([^()\d]*\)\s*$")
#: With fewer digits than this before them, letters are digits of a number such as 1-800-FLOWERS.
_REMARK_AFTER = 8

_INTERNATIONAL = re.compile(r"^[^\d+]*\+?[^\d+]*0[^\d+]*0[^\d+]*(?=[1-9])")
_PLAIN = re.compile(r"[^\d+]*([+]?)[\d\s().\-–—/]*")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_MEXICAN = re.compile(r"(?:00)?52(?:1|044|045|01)(\d{10})")
_MEXICAN_NATIONAL = re.compile(r"(?:044|045|01|1)(\d{10})")
_ARGENTINE = re.compile(r"(?:(?:00)?54)?9?0?(\d{12})")
_ARGENTINE_AREAS = (2, 3, 4)
#: A number without its plus has the digits of calling code and national number.
LOST_PLUS_FROM = 10


class Rewritten(NamedTuple):
    """A text for the library, the names of the rewritings, and whether digits have been rounded away."""

    text: str
    names: tuple[str, ...] = ()
    lost: bool = False


class Reading(NamedTuple):
    """A text for the library to read, and the name of the repair that made it (empty: none)."""

    text: str
    name: str = ""


def pieces(text: str) -> list[str]:
    """The numbers of one cell where it says so itself (`;`, a new line, "and"), each as it is written.

    >>> pieces("600 11 22 33; 91 123 45 67"), pieces("tel:+34-911-234-567;ext=12")
    (['600 11 22 33', '91 123 45 67'], ['tel:+34-911-234-567;ext=12'])
    """
    if text.isalnum() or _is_one_link(text) or _SCIENTIFIC.fullmatch(text.strip()) or _DECIMALS.fullmatch(text.strip()):
        return [text]
    found = [piece for piece in _SEPARATORS.split(text.replace(";ext=", " ext ")) if piece.strip()]
    return [piece.strip() for piece in found] if len(found) > 1 else [text]


def _is_one_link(text: str) -> bool:
    stripped = text.strip()
    if _CHAT_LINK.fullmatch(stripped):
        return True
    link = _LINK.fullmatch(stripped) if ":" in stripped else None
    return link is not None and not _parted_by_digits(link[2])


def _parted_by_digits(parameters: str) -> bool:
    """Whether what follows a link is more numbers rather than its parameters (`;ext=12`)."""
    return any(piece.strip() and "=" not in piece for piece in re.split("[;?]", parameters))


def parted(text: str) -> list[str]:
    """The numbers of a text that may hold several, as far as there are digits enough on each side.

    >>> parted("600 11 22 33 / 91 123 45 67"), parted("91 123 45 67/68")
    (['600 11 22 33', '91 123 45 67'], ['91 123 45 67/68'])
    """
    if len(text) > LONGEST or _count(text) < 2 * ENOUGH_FOR_EACH:
        return [text]
    for pattern, enough in _WEAK_SEPARATORS:
        for separator in pattern.finditer(text):
            before, after = text[: separator.start()], text[separator.end() :]
            if _count(before) >= enough and _count(after) >= enough:
                return [*parted(before.strip(_AROUND)), *parted(after.strip(_AROUND))]
    return [text]


def _count(text: str) -> int:
    return sum(map(str.isdecimal, text))


def digits_of(text: str) -> str:
    """The digits of a text, those of other scripts as ASCII.

    >>> digits_of("+34 600-11"), digits_of("٦٠٠")
    ('3460011', '600')
    """
    if text.isascii():
        return "".join(filter(str.isdigit, text))
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())


def rewritten(text: str) -> Rewritten:
    """One number in a form that the library reads.

    >>> rewritten("34600112233@c.us"), rewritten("3.46001E+10").lost
    (Rewritten(text='+34600112233', names=('chat',), lost=False), True)
    >>> rewritten("600 11 22 33 (casa)")
    Rewritten(text='600 11 22 33', names=('remark',), lost=False)
    """
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit():
        return Rewritten(stripped)
    chat = _CHAT_ID.fullmatch(stripped) or _CHAT_LINK.fullmatch(stripped)
    if chat:
        return Rewritten("+" + chat[1], ("chat",))
    if len(stripped) > LONGEST:
        return Rewritten(stripped)
    scientific = _SCIENTIFIC.fullmatch(stripped)
    if scientific:
        return _unscientific(scientific[1], int(scientific[2]))
    decimals = _DECIMALS.fullmatch(stripped)
    if decimals:
        return Rewritten(decimals[1], ("decimals",))
    return _without_clutter(stripped)


def _unscientific(mantissa: str, exponent: int) -> Rewritten:
    """All digits are there only if the fraction is as long as the exponent says."""
    whole, _, fraction = mantissa.replace(",", ".").partition(".")
    return Rewritten((whole + fraction)[: exponent + 1], ("scientific",), lost=len(fraction) < exponent)


def _without_clutter(text: str) -> Rewritten:
    names = []
    clean = text
    for name, rewrite in (("blanks", _plain_blanks), ("link", _unlinked), ("label", _unlabelled), ("words", _unworded)):
        changed = rewrite(clean)
        if changed != clean:
            names.append(
                "extension" if name == "words" and ";ext=" in changed else "remark" if name == "words" else name
            )
            clean = changed
    return Rewritten(clean, tuple(names))


def _plain_blanks(text: str) -> str:
    """Odd blanks as blanks, invisible characters away, dots in the middle as dots."""
    if text.isascii() and text.isprintable():
        return text
    shown = ("" if unicodedata.category(each) == "Cf" else "." if each == "·" else each for each in text)
    return "".join(" " if each.isspace() or each in "\u2800" else each for each in shown).strip()


def _unlinked(text: str) -> str:
    """A `tel:` link without what the library does not know of it."""
    link = _LINK.fullmatch(text) if ":" in text else None
    if link is None:
        return text
    extension, context = _LINK_EXTENSION.search(link[2]), _LINK_CONTEXT.search(link[2])
    number = unquote(link[1])
    number += f";ext={digits_of(extension[1])}" if extension else ""
    return number + (f";phone-context={context[1]}" if context else "")


def _unlabelled(text: str) -> str:
    return _LABEL.sub("", text) if text[:1].isalpha() else text


def _unworded(text: str) -> str:
    """A text without the words behind its number; the extension in the form that the library knows."""
    if not any(map(str.isalpha, text)) and not text.endswith(")"):
        return text
    extension = _EXTENSION_LABEL.search(text)
    if extension and _count(text[: extension.start()]) >= ENOUGH_FOR_EACH - 1:
        return f"{text[: extension.start()]};ext={extension[1]}"
    remark = _REMARK.search(text)
    return text[: remark.start()] if remark and _count(text[: remark.start()]) >= _REMARK_AFTER else text


def readings(text: str, region: str | None) -> Iterator[Reading]:
    """The ways to read a number in order; the first that is a valid number counts, else the text as it stands.

    >>> [reading.text for reading in readings("0034600112233", "ES")][:2]
    ['+34600112233', '0034600112233']
    >>> [(reading.name, reading.text) for reading in readings("+52 1 55 1234 5678", None)][1:]
    [('mexican', '+525512345678')]
    """
    international = _INTERNATIONAL.sub("+", text, count=1)
    if international != text:
        yield Reading(international)
    yield Reading(text)
    if "(" in text:
        without = _TRUNK_ZERO.sub("", text)
        if without != text:
            yield Reading(_INTERNATIONAL.sub("+", without, count=1), "trunk_zero")
    number, mark, extension = text.partition(";")
    plain = _PLAIN.fullmatch(number)
    if plain is None:
        return
    digits = digits_of(number)
    home = None if plain[1] else region
    for reading in (*_mexican(digits, home), *_argentine(digits, home), *_lost(digits, plain[1], region)):
        yield Reading(reading.text + mark + extension, reading.name)


def _lost(digits: str, plus: str, region: str | None) -> Iterator[Reading]:
    """What a spreadsheet takes away in front of a number, a plus or a zero; or without a zero that is there."""
    if plus:
        return
    if digits.startswith("0"):
        if region is not None:
            yield Reading(digits[1:], "trunk_zero")
        return
    if len(digits) >= LOST_PLUS_FROM:
        yield Reading("+" + digits, "lost_plus")
    if region is not None and keeps_zero(region):
        yield Reading("0" + digits, "lost_zero")


@cache
def keeps_zero(region: str) -> bool:
    """Whether numbers of a region start with a zero that is no trunk prefix, as the plan's examples show.

    >>> keeps_zero("IT"), keeps_zero("ES")
    (True, False)
    """
    kinds = phonenumbers.supported_types_for_region(region)
    examples = (phonenumbers.example_number_for_type(region, kind) for kind in kinds)
    return any(example is not None and example.italian_leading_zero for example in examples)


def _mexican(digits: str, region: str | None) -> Iterator[Reading]:
    """Without the prefixes that went out of use in August 2019: `+52 1`, `044`, `045`, `01` (and `1`)."""
    found = _MEXICAN.fullmatch(digits) or (_MEXICAN_NATIONAL.fullmatch(digits) if region == "MX" else None)
    if found:
        yield Reading("+52" + found[1], "mexican")


def _argentine(digits: str, region: str | None) -> Iterator[Reading]:
    """With the 9 of a mobile number called from abroad and without the 15 of the same number called at home."""
    found = _ARGENTINE.fullmatch(digits) if region == "AR" or digits.startswith(("54", "0054")) else None
    if found is None:
        return
    for width in _ARGENTINE_AREAS:
        if found[1][width : width + 2] == "15":
            yield Reading(f"+549{found[1][:width]}{found[1][width + 2 :]}", "argentine")
