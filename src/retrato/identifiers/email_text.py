"""From what a cell says to the e-mail addresses in it: what is taken off or put right before an address is judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longer cells are no contact points but texts.
_LONGEST_CELL = 2000

#: Format and zero-width characters that are copied along from web pages and chats.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0f\ufeff]")
_AT_SIGNS = str.maketrans("＠﹫", "@@")
_QUOTES = "'`´’‘“”«»"
#: What can stand around an address and is no part of one; the symbols (envelopes, bullets) before it only.
_BEFORE = re.compile(rf"""(?:[{_QUOTES}"*=/|·•]|[\u2190-\u2bff\U0001f000-\U0001faff])+""")
_AFTER = f'{_QUOTES}".*!?/|-_'

_NAME = r"""[^\s<>(),;:\\"\[\]@]+"""
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
#: A telephone number and a slash before an address.
_PHONE = re.compile(r"\+?[0-9][0-9.-]{5,}[/|]")
_ALONE = re.compile(rf"(?:{_NAME}|{_QUOTED})@[^\s<>(),;:\\\"@]+")
_ENDING = r"(?=(?:com|es|net|org|mx|ar|co|cl|pe|uk)(?:\.[a-z]{2})?(?![\w@.-]))"


def _rule(sign: str, pattern: str, by: str) -> tuple[str, re.Pattern[str], str]:
    return sign, re.compile(pattern, re.IGNORECASE), by


#: What is taken off or put right before it is known where the `@` is: a sign that has to be there, a pattern, and what
#: stands for it. `mailto:` and its query; signs in brackets.
_FIRST = (
    _rule(":", r"\b(?:mailto|smtp):(?://)?", " "),
    _rule("?", r"\?(?:subject|body|cc|bcc|to)=\S*", " "),
    _rule("(", r"\s*\(\s*(?:at|arroba|@)\s*\)\s*", "@"),
    _rule("[", r"\s*\[\s*(?:at|arroba|@)\s*\]\s*", "@"),
    _rule("{", r"\s*\{\s*(?:at|arroba|@)\s*\}\s*", "@"),
    _rule("(", r"\s*\(\s*(?:dot|punto|\.)\s*\)\s*", "."),
    _rule("[", r"\s*\[\s*(?:dot|punto|\.)\s*\]\s*", "."),
)
#: The same once it is: a doubled `@`, a comma for the last dot, a blank beside it, a quoted name before a bracket.
_THEN = (
    _rule("@@", r"@{2,}", "@"),
    _rule(",", rf"(@[\w-]+(?:\.com?)?),{_ENDING}", r"\1."),
    _rule(" ", rf"(@[\w-]+)(?:\s+\.\s*|\.\s+){_ENDING}", r"\1."),
    _rule('"', r'"[^"]*"\s*<', "<"),
)
_WORD_AT = re.compile(r"\s+(?:arroba\s+(?=\S+(?:\.|\s+punto\s))|at\s+(?=\S+\s+dot\s))", re.IGNORECASE)
_WORD_DOT = re.compile(r"\s+(?:punto|dot)\s+", re.IGNORECASE)
_LOOSE_AT = re.compile(r"\s*@\s*")
_COMPLETE = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_WORD = re.compile(rf'{_QUOTED}@[^\s<>(),;:"]+|[^\s<>()\[\]:;"]+(?:"[^\s<>()\[\]:;"]*)*')
_PART = re.compile(r"[/|]")


def alone(text: str) -> str | None:
    """The text without blanks around it, where it has the look of one address and nothing else.

    Quote marks, symbols and telephone numbers before it are none of it: spreadsheets put an apostrophe before a text.

    >>> alone(" ana@empresa.es "), alone("Ana <ana@empresa.es>")
    ('ana@empresa.es', None)
    """
    stripped = text.strip()
    if not _ALONE.fullmatch(stripped) or _PHONE.match(stripped):
        return None
    return stripped if stripped[0] == '"' or not _BEFORE.match(stripped) else None


def repaired(text: str) -> list[str]:
    """The addresses that a text is meant to hold, correct or not, in order.

    Taken off: display names, brackets, quotes and punctuation around, `mailto:` with its query, invisible characters.
    Put right: `(at)`, `arroba`, `(dot)`, `punto`; blanks around the `@` or the last dot; a doubled `@`; a comma for the
    last dot. Several addresses are parted by blanks, `;`, `,`, `/` and `|`.

    >>> repaired("Ana <ana@empresa.es>; mailto:luis@empresa.es?subject=Hola")
    ['ana@empresa.es', 'luis@empresa.es']
    >>> repaired("ana (arroba) empresa punto es"), repaired("ana @ empresa,es"), repaired("no tiene")
    (['ana@empresa.es'], ['ana@empresa.es'], [])
    """
    if len(text) > _LONGEST_CELL:
        return []
    pieces = (piece for word in _WORD.findall(_tidied(text)) for piece in _pieces(word))
    found = (_stripped(piece) for piece in pieces)
    return [each for each in found if "@" in each[1:-1]]


def _stripped(piece: str) -> str:
    before = None if piece.startswith('"') and '"@' in piece else _BEFORE.match(piece)
    return piece[before.end() if before else 0 :].rstrip(_AFTER)


def _tidied(text: str) -> str:
    tidied = text if text.isascii() else _INVISIBLE.sub("", text).translate(_AT_SIGNS)
    written = "@" in tidied
    tidied = _with(_FIRST, tidied)
    if not written:
        tidied = _WORD_DOT.sub(".", _WORD_AT.sub("@", tidied))
        if "@" not in tidied:
            return ""
    if not _COMPLETE.search(tidied):
        tidied = _LOOSE_AT.sub("@", tidied)
    return _with(_THEN, tidied)


def _with(rules: tuple[tuple[str, re.Pattern[str], str], ...], text: str) -> str:
    for sign, pattern, by in rules:
        if sign in text:
            text = pattern.sub(by, text)
    return text


def _pieces(word: str) -> Iterator[str]:
    """The addresses in a word; a comma between letters before the `@` is a slip for a dot and parts nothing."""
    if "@" not in word:
        return
    if word[0] == '"':
        yield word
        return
    for chunk in _chunks(word):
        start = ""
        for piece in chunk.split(","):
            if "@" in piece:
                yield start + piece
                start = ""
            else:
                start = f"{start}{piece}," if piece[:1].isalpha() else ""


def _chunks(word: str) -> list[str]:
    """A word parted at slashes and bars, but for those before its only `@`, where they are allowed."""
    if word.count("@") > 1 or _PHONE.match(word):
        return _PART.split(word)
    local, _, domain = word.partition("@")
    return [f"{local}@{_PART.split(domain)[0]}"]
