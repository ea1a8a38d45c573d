"""How values are written into a store: as they are, or encrypted with a key that is kept outside the database.

What need not be looked up is encrypted with AES-256-GCM and a random nonce, so that equal values look different. What
is looked up and read back is encrypted with AES-SIV (RFC 5297), where equal values of a column look the same. What is
only compared is a keyed hash (HMAC-SHA256). Each is bound to its column, and where there is one to its row, so that
nothing can be put in another place. The keys of all this are made of the one key and a salt (HKDF-SHA256, RFC 5869).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from typing import Protocol

from retrato.errors import StoreError

#: An encryption key of fewer bytes can be guessed.
SHORTEST = 32
_SALT = 16
_NONCE = 12


class Cipher(Protocol):
    """What stands between values and the database; `row` is all that a value shall be bound to besides its column."""

    def encrypt(self, column: str, text: str, /, *row: object) -> str:
        """A text as it is written down."""

    def decrypt(self, column: str, written: str, /, *row: object) -> str:
        """The text that `encrypt` has written. Raises StoreError if it was not written there, or with another key."""

    def encrypt_findable(self, column: str, text: str, /, *row: object) -> str:
        """A text as it is written down where it can be looked up: equal ones equally."""

    def decrypt_findable(self, column: str, written: str, /, *row: object) -> str:
        """The text that `encrypt_findable` has written. Raises StoreError as `decrypt` does."""

    def token(self, column: str, text: str, /, *row: object) -> str:
        """What is written down for a text that is only compared."""

    def code(self, *parts: object) -> int:
        """A number of 64 bits that stands for these parts, and for no others that are likely to meet."""


class Plain:
    """Values as they are."""

    def encrypt(self, column: str, text: str, /, *row: object) -> str:
        """The text."""
        del column, row
        return text

    decrypt = encrypt
    encrypt_findable = encrypt
    decrypt_findable = encrypt
    token = encrypt

    def code(self, *parts: object) -> int:
        """A number of 64 bits that stands for these parts.

        >>> Plain().code("phone", "34600112233") == Plain().code("phone", "34600112233")
        True
        """
        return _number(hashlib.md5(_bytes("\x1f".join(map(str, parts))), usedforsecurity=False).digest())


class Encrypting:
    """Values encrypted with keys that are made of one key and a salt; see above.

    Raises StoreError where the library `cryptography` is missing.
    """

    def __init__(self, key: bytes, salt: str) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        except ImportError as error:
            raise StoreError("encryption needs a library: pip install 'retrato[encryption]'") from error

        def key_for(purpose: str, length: int) -> bytes:
            return HKDF(SHA256(), length, _bytes(salt), f"retrato store: {purpose}".encode()).derive(key)

        #: a keyed hash by which a store knows its key
        self.check = key_for("check", 32).hex()
        self._values = AESGCM(key_for("values", 32))
        self._findable = AESSIV(key_for("look-ups", 64))
        self._blind = hmac.new(key_for("blind codes", 32), digestmod="sha256")
        self._refused = (InvalidTag, ValueError, TypeError)

    def encrypt(self, column: str, text: str, /, *row: object) -> str:
        """The text encrypted, with a random nonce before it."""
        nonce = os.urandom(_NONCE)
        return _base64(nonce + self._values.encrypt(nonce, _bytes(text), _apart(column, *row)))

    def decrypt(self, column: str, written: str, /, *row: object) -> str:
        """The text that was encrypted there."""
        try:
            read = a2b_base64(written)
            return _text(self._values.decrypt(read[:_NONCE], read[_NONCE:], _apart(column, *row)))
        except self._refused:
            raise _changed(column) from None

    def encrypt_findable(self, column: str, text: str, /, *row: object) -> str:
        """The text encrypted, equal ones of a column equally."""
        return _base64(self._findable.encrypt(_bytes(text), [_apart(column, *row)]))

    def decrypt_findable(self, column: str, written: str, /, *row: object) -> str:
        """The text that was encrypted there."""
        try:
            return _text(self._findable.decrypt(a2b_base64(written), [_apart(column, *row)]))
        except self._refused:
            raise _changed(column) from None

    def token(self, column: str, text: str, /, *row: object) -> str:
        """A keyed hash."""
        return _base64(self._hash(column, *row, text)[:16])

    def code(self, *parts: object) -> int:
        """The first 64 bits of a keyed hash."""
        return _number(self._hash(*parts))

    def _hash(self, *parts: object) -> bytes:
        made = self._blind.copy()
        made.update(_apart(*parts))
        return made.digest()


def key_of(given: str | bytes | None) -> bytes | None:
    """An encryption key as bytes. Raises StoreError for one that can be guessed."""
    key = given.encode() if isinstance(given, str) else given
    if key is not None and len(key) < SHORTEST:
        raise StoreError(f"the encryption key has fewer than {SHORTEST} bytes; make one with secrets.token_hex(32)")
    return key


def mark_for(key: bytes) -> str:
    """What a new store keeps in order to know its key: a salt, and a keyed hash."""
    salt = os.urandom(_SALT).hex()
    return f"{salt} {Encrypting(key, salt).check}"


def cipher_for(mark: str | None, key: bytes | None) -> Cipher:
    """How a store with this mark, or without one, is written and read. Raises StoreError for a key that is not its own.

    >>> cipher = cipher_for(mark_for(b"k" * 32), b"k" * 32)
    >>> cipher.decrypt("names", cipher.encrypt("names", "Ana Ruiz", 7), 7)
    'Ana Ruiz'
    """
    if mark is None:
        if key is not None:
            raise StoreError("the store is not encrypted, and cannot become so: make a new one with the encryption key")
        return Plain()
    if key is None:
        raise StoreError("the store is encrypted and needs its key: IdentityStore.open(url, encryption_key=…)")
    salt, _, check = mark.partition(" ")
    cipher = Encrypting(key, salt)
    if not hmac.compare_digest(_bytes(check), _bytes(cipher.check)):
        raise StoreError("this is not the encryption key that the store was made with")
    return cipher


def _changed(column: str) -> StoreError:
    return StoreError(f"a value in {column} is not what was written there: somebody without the key has changed it")


def _apart(*parts: object) -> bytes:
    """Parts as bytes that no other parts have.

    >>> _apart("ab", 1), _apart("a", "b1")
    (b'2:ab1:1', b'1:a2:b1')
    """
    return _bytes("".join(f"{len(text)}:{text}" for text in map(str, parts)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(read: bytes) -> str:
    return read.decode("utf-8", "surrogatepass")


def _base64(made: bytes) -> str:
    return b2a_base64(made, newline=False).decode("ascii")


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
