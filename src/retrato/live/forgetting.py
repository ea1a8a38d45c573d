"""Forgetting a person: what is erased, what keeps them from coming back with the next import, and the receipt.

What is left are keyed hashes of the records (a *tombstone* each): of source and key, and of all that a record said
together, if that told one person. Without the secret, which is kept outside the database, they say nothing; none is
made of a single value, which others may come to share.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.errors import StoreError
from retrato.live.versions import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrato.live.updating import Updating
    from retrato.stores.rows import StoredRecord, StoredSaying
    from retrato.stores.work import Work

#: A secret of fewer bytes can be guessed.
SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased of a person, without saying anything of them.

    `proof` is a keyed hash of the tombstones: who has the secret can show that these records were forgotten.
    """

    profile_id: str
    records: int
    versions: int
    values: int
    decisions: int
    tombstones: int
    proof: str


class Tombstones:
    """Keyed hashes of what must not come back."""

    def __init__(self, secret: str | bytes | None) -> None:
        self._secret = secret.encode() if isinstance(secret, str) else secret
        if self._secret is not None and len(self._secret) < SHORTEST:
            raise StoreError(f"the secret has fewer than {SHORTEST} bytes; make one with secrets.token_hex(32)")

    @property
    def can(self) -> bool:
        """Whether there is a secret."""
        return self._secret is not None

    def of_record(self, source: str, record_key: str) -> str:
        """The tombstone of a source and key."""
        return self._hash("record", source, record_key)

    def of_saying(self, said: str) -> str:
        """The tombstone of all that a record says, in whatever columns and order."""
        rows = sorted({(row.attribute, row.kind, row.namespace, row.value) for row in read(said) if row.value})
        return self._hash("says", json.dumps(rows, ensure_ascii=False))

    def proof(self, tombstones: Iterable[str]) -> str:
        """A keyed hash of several."""
        return self._hash("proof", *sorted(tombstones))

    def _hash(self, *parts: str) -> str:
        if self._secret is None:
            raise StoreError(
                "forgetting needs a secret that is kept outside the database: IdentityStore.open(url, secret=…)"
            )
        return hmac.new(self._secret, "\x1f".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def forget(work: Work, by: Updating, profile: str, tombstones: Tombstones) -> Receipt:
    """Erase a profile's records and all that was found out of them, within a transaction."""
    records = work.records_of(profile)
    sayings = work.sayings([each.record for each in records])
    left = {tombstones.of_record(each.source, each.record_key) for each in records}
    left |= {tombstones.of_saying(each.said) for each in _telling(work, by, records, sayings)}
    decisions = work.erase_decisions([(each.source, each.record_key) for each in records])
    update = by.begin(work, erasing=True)
    for each in records:
        update.remove(each)
    update.settle()
    work.bury(left)
    values = sum(len(read(each.said)) for each in sayings)
    return Receipt(profile, len(records), len(sayings), values, decisions, len(left), tombstones.proof(left))


def _telling(
    work: Work, by: Updating, records: Sequence[StoredRecord], sayings: Sequence[StoredSaying]
) -> list[StoredSaying]:
    """What was said by records that say enough to be of one person.

    That is a name beside a contact point or a number, or one of these that nobody else holds.
    """
    own = {each.record for each in records}
    codes = {each.record: sorted(by.holdings(each.keys)) for each in records}
    holders = work.holders(sorted({code for each in codes.values() for code in each}))
    named = {each.record for each in records if "given_name" in each.keys and "family_name" in each.keys}
    telling = {
        number
        for number, each in codes.items()
        if each and (number in named or any(own.issuperset(holders[code]) for code in each))
    }
    return [each for each in sayings if each.record in telling]
