"""Texts to try an identifier type with: what exports hold, what nobody expects, and examples with something changed."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Texts that say nothing: no type may find an identifier in them.
NULLS = (
    "", " ", "\t", "\n", "   ", "-", "--", ".", "...", "null", "NULL", "None", "nan", "NaN", "#N/A", "<NA>", "(null)",
)  # fmt: skip

#: Letters, words and shapes that have broken parsers.
NASTY = (
    "0", "1", "00", "000000000", "111111111", "123456789", "9" * 30, "-1", "+", "+34", "1e5", "3.46E+10", "1.0", ".5",
    "1,5", "½", "①", "٣٤٥", "１２３", "x", "X9", "á", "ñ", "ŉ", "ǆ", "İ", "ß", "ﬁ", "ª", "º", "李小龍", "Юрий", "محمد",
    "שלום", "ไทย", "🔥", "👩‍👩‍👧", "🇪🇸", "e\u0301", "\u200b", "\ufeff", "\u00a0", "\x00", "\x07", "a\x00b", "\u202eabc",
    "a\nb", "a\r\nb", "a;b", "a/b", "a|b", "a, b", "a b c d e f g h", "n/a", "N/D", "unknown", "sin datos", "test",
    "xxx", "?", "'", '"', "''", '"a"', "\\", "%", "{}", "[]", "<b>a</b>", "=1+1", "@", "@@", "a@b", "a@b.co", "://",
    "http://a.b/c?d=e", "2020-01-01", "31/12/1999", "00/00/0000", "45356", "12:30", "C/ Mayor 1, 2º B", "Ana",
    "ANA RUIZ", "de la", "Mª", "Jr.", "Dr", "null null", "NaN,NaN",
)  # fmt: skip
_LONG = 2_000
_ALPHABETS = (
    "0123456789",
    "0123456789 -./()+",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "aáàäâãåAÁbcçdeéèëfghiíjklmnñoóöpqrstuúüvwxyz .-'",
    " \t\n.,;:-_/\\|@#'\"()[]{}<>",
    "αβγдежзиكلم中文字かな한글ไทย",
    "🔥😀👍🏽‍♂️\u200b\u0301\u0308",
)


def texts(examples: Sequence[str], seed: int) -> list[str]:
    """Some hundreds of texts, none of them null; the same examples and the same seed give the same texts.

    >>> "1234BBC" in texts(["1234BBC"], 0), texts([], 1) == texts([], 1)
    (True, True)
    """
    rng = random.Random(seed)  # noqa: S311 - nothing here is secret
    found = [*examples, *NASTY, *(letter * _LONG for letter in "a9 @"), *_random(rng, 200)]
    for example in examples:
        found += _changed(example, rng)
    found += [f"{rng.choice(found)}{rng.choice((' ', ';', ', ', chr(10), ''))}{rng.choice(found)}" for _ in range(100)]
    return list(dict.fromkeys(found))


def _random(rng: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        alphabets = rng.sample(_ALPHABETS, rng.choice((1, 1, 2, 3)))
        yield "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.randrange(1, 24)))


def _changed(text: str, rng: random.Random) -> Iterator[str]:
    """An example as it comes from other hands."""
    yield from (f"  {text} ", f"{text}\n", f"{text}.", f"'{text}", f'"{text}"', f"({text})", f"{text};{text}")
    yield from (
        text.lower(),
        text.upper(),
        text.title(),
        text.replace(" ", ""),
        text.replace(" ", "\u00a0"),
        text[::-1],
    )
    yield from (unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text), " ".join(text))
    yield text.translate({ord(digit): chr(0xFF10 + int(digit)) for digit in "0123456789"})
    for _ in range(30):
        place = rng.randrange(len(text)) if text else 0
        letter = rng.choice(rng.choice(_ALPHABETS))
        yield text[:place] + text[place + 1 :]
        yield text[:place] + letter + text[place:]
        yield text[:place] + letter + text[place + 1 :]
    yield from (text[:length] for length in range(1, min(len(text), 12)))
