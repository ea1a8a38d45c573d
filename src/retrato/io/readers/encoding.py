"""Which encoding a text file has, and the file as UTF-8 whatever it has.

Order: a byte order mark; zeros that betray UTF-16; strict UTF-8; UTF-8 with a few broken bytes (when valid sequences
outnumber them); Windows-1252; what charset-normalizer makes of it. A byte that does not decode becomes 0xFF, which no
UTF-8 text has, so that only its row is lost.
"""

from __future__ import annotations

import codecs
import difflib
import re
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from retrato.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 4 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or Excel workbook (rename it to .xlsx if it is one)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (rename it to .xls if it is one)"),
    (b"\x1f\x8b", "compressed with gzip (unpack it first)"),
    (b"PAR1", "a Parquet file (rename it to .parquet)"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
#: The first bytes of sequences of UTF-8, from and to, and how many bytes follow each.
_SEQUENCES = ((0xC2, 0xDF, 1), (0xE0, 0xEF, 2), (0xF0, 0xF4, 3))
_UNDEFINED = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")  # bytes without a letter in Windows-1252
_MARKER = "\udcff"  # encodes to the byte 0xFF with "surrogateescape"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _MARKER * (error.end - error.start), error.end
    raise error


codecs.register_error("retrato.mark", _mark)


def text_encoding(path: Path, declared: str | None, where: str) -> str:
    """The encoding of a text file: the one that is declared, or the one that all of the file speaks for.

    Raises `SourceError` when the file is not text, or when Python knows no encoding of the declared name.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
        if declared is not None:
            name = _declared(declared, where)
            _refuse_signature(head, where)
            return name
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if wide := _wide(head):
            return wide
        _refuse_signature(head, where)
        _refuse_control(head, where)
        file.seek(0)
        if _is_utf8(file):
            return "utf-8"
        file.seek(0)
        valid, broken, undefined = _count(file)
    if valid > broken:
        return "utf-8"
    return "cp1252" if not undefined else _guess(path)


def _declared(name: str, where: str) -> str:
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # refuses codecs that are not for text
    except LookupError as error:
        close = difflib.get_close_matches(
            name.lower(), ["utf-8", "utf-16", "cp1252", "latin-1", "cp850", "mac-roman"], n=1
        )
        hint = f'did you mean "{close[0]}"?' if close else 'use a name such as "utf-8" or "cp1252", or leave it out'
        raise SourceError(f'{where}: there is no text encoding "{name}"; {hint}') from error
    return "utf-8" if found.name == "utf-8-sig" else found.name


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: Western text has its zeros on one side."""
    size = len(head) // 2
    if size < 4:
        return None
    odd, even = head[1::2].count(0) / size, head[0::2].count(0) / size
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _refuse_signature(head: bytes, where: str) -> None:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise SourceError(f"{where}: this is no text but {what}")


def _refuse_control(head: bytes, where: str) -> None:
    if len(_CONTROL.findall(head)) > max(1, len(head) // 100):
        raise SourceError(f"{where}: this is no text (it is full of control bytes); export it as CSV, Excel or Parquet")


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _count(file: BinaryIO) -> tuple[int, int, bool]:
    """Valid sequences of UTF-8, bytes that belong to none, and whether some byte is no letter of Windows-1252."""
    all_bytes, good_bytes = (codecs.getincrementaldecoder("utf-8")(errors) for errors in ("surrogateescape", "ignore"))
    valid = broken = 0
    undefined = False
    while chunk := file.read(CHUNK):
        if not chunk.isascii() or all_bytes.getstate()[0]:
            broken += len(all_bytes.decode(chunk)) - len(good_bytes.decode(chunk))
            valid += _sequences(chunk)
            undefined = undefined or any(byte in chunk for byte in _UNDEFINED)
    broken += len(all_bytes.decode(b"", final=True))
    return valid, broken, undefined


def _sequences(chunk: bytes) -> int:
    """How many first bytes of UTF-8 have as many others behind them as they should."""
    data = np.frombuffer(chunk + bytes(3), np.uint8)
    at = np.flatnonzero(data >= _SEQUENCES[0][0])
    first = data[at]
    follows = np.logical_and.accumulate([data[at + place] & 0xC0 == 0x80 for place in (1, 2, 3)])
    return sum(
        int(np.count_nonzero((first >= low) & (first <= high) & follows[count - 1])) for low, high, count in _SEQUENCES
    )


def _guess(path: Path) -> str:
    import charset_normalizer

    with path.open("rb") as file:
        found = charset_normalizer.from_bytes(file.read(1 << 20)).best()
    return found.encoding if found is not None else "latin-1"


class Utf8Stream:
    """A text file as UTF-8 bytes without a byte order mark; what did not decode is 0xFF (or stays, in UTF-8)."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._plain = encoding == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("retrato.mark")
        self._first = True

    def read(self, size: int) -> bytes:
        """About `size` bytes more, or nothing at the end."""
        while True:
            chunk = self._file.read(max(size, 4))
            data = (
                chunk
                if self._plain
                else self._decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogateescape")
            )
            if self._first and data:
                self._first = False
                data = data.removeprefix(codecs.BOM_UTF8)
            if data or not chunk:
                return data
