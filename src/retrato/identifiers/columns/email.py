"""The fast path of e-mail addresses: plain ones, alone in their cells, whatever their domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.email import DISPOSABLE, GMAIL, KEY_LETTERS, MISTYPED, ROLE
from retrato.identifiers.email_domain import corrected_domain
from retrato.identifiers.email_fillers import FILLER_LOCALS, MONOTONOUS, is_filler_domain
from retrato.identifiers.email_syntax import is_plain_domain, plain_rules
from retrato.identifiers.tables import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrato.identifiers.email import Email

#: So many rows are read at a time: what is kept beside each byte of them stays small.
_CHUNK = 1 << 16
_UNFIT = f"[^{KEY_LETTERS.replace('@', '')}]"
_FILLERS = pa.array(sorted(FILLER_LOCALS), pa.string())
#: The issues of an address by what holds: 1 a mistyped domain, 2 a role, 4 a throw-away domain.
_ISSUES = pa.array(
    [
        " ".join(issue.code for bit, issue in ((1, MISTYPED), (2, ROLE), (4, DISPOSABLE)) if held & bit)
        for held in range(8)
    ]
)


class _Domains(NamedTuple):
    """What is known of distinct domains: whether one is accepted, the domain of its key, its issues as bits."""

    plain: NDArray[np.bool_]
    gmail: NDArray[np.bool_]
    issues: NDArray[np.uint8]
    keys: pa.Array


class _Addresses(NamedTuple):
    """Lower-case addresses and their halves; the domain also as a place in a list of distinct ones."""

    value: pa.Array
    local: pa.Array
    domain: pa.Array
    place: NDArray[np.int32]

    def only(self, chosen: NDArray[np.int64]) -> _Addresses:
        """Some of the rows."""
        rows = pa.array(chosen)
        return _Addresses(self.value.take(rows), self.local.take(rows), self.domain.take(rows), self.place[chosen])


def accept_emails(kind: Email, table: pa.Table) -> pa.Table | None:
    """The rows of plain addresses: unquoted ASCII, correct by email-validator's own patterns, and no fillers.

    The halves are checked apart, each distinct domain once. Local parts with letters that a key leaves out (`o'hara`)
    are not accepted.
    """
    if "text" not in table.column_names:
        return None
    pieces, first = [], 0
    for chunk in table.column("text").chunks:
        starts = range(0, len(chunk), _CHUNK)
        pieces += [_accepted(kind, chunk.slice(start, _CHUNK), first + start) for start in starts]
        first += len(chunk)
    return pa.concat_tables(pieces) if pieces else None


def _accepted(kind: Email, texts: pa.Array, first: int) -> pa.Table:
    rules = plain_rules()
    trimmed = pc.ascii_trim_whitespace(texts)
    items = np.flatnonzero(_flags(pc.match_substring_regex(trimmed, f"^{rules.local}@[a-zA-Z0-9.-]+$")))
    found, distinct = _parted(pc.ascii_lower(trimmed.take(pa.array(items))))
    domains = _known(distinct)
    refused = pc.or_(pc.match_substring_regex(found.local, _UNFIT), pc.is_in(found.local, _FILLERS))
    refused = pc.or_(refused, pc.match_substring_regex(found.local, f"^(?:{MONOTONOUS})$"))
    refused = pc.or_(refused, pc.greater(pc.binary_length(found.value), rules.longest))
    if kind.fillers:
        refused = pc.or_(refused, pc.is_in(found.value, pa.array(sorted(kind.fillers), pa.string())))
    chosen = np.flatnonzero(domains.plain[found.place] & ~_flags(refused))
    columns = _columns(found.only(chosen), domains)
    return pa.table({"item": pa.array(items[chosen] + first, pa.int64()), **columns})


def _parted(values: pa.Array) -> tuple[_Addresses, list[str]]:
    halves = pc.list_flatten(pc.split_pattern(values, "@"))
    places = np.arange(0, 2 * len(values), 2)
    local, domain = halves.take(pa.array(places)), halves.take(pa.array(places + 1))
    encoded = domain.dictionary_encode()
    return _Addresses(values, local, domain, encoded.indices.to_numpy()), encoded.dictionary.to_pylist()


def _known(distinct: list[str]) -> _Domains:
    corrected = [corrected_domain(domain) for domain in distinct]
    keys = [right or domain for right, domain in zip(corrected, distinct, strict=True)]
    throw_away = words("email_disposable")
    issues = [(right is not None) + 4 * (key in throw_away) for right, key in zip(corrected, keys, strict=True)]
    return _Domains(
        np.array([is_plain_domain(domain) and not _may_be_filler(domain) for domain in distinct], bool),
        np.array([key in GMAIL for key in keys], bool),
        np.array(issues, np.uint8),
        pa.array([min(GMAIL) if key in GMAIL else key for key in keys], pa.string()),
    )


def _may_be_filler(domain: str) -> bool:
    return is_filler_domain(domain) or len(set(domain.partition(".")[0])) == 1


def _columns(found: _Addresses, domains: _Domains) -> dict[str, pa.Array]:
    local = _key_locals(found.local, domains.gmail[found.place])
    key = pc.binary_join_element_wise(local, domains.keys.take(pa.array(found.place)), "@")
    role = _flags(pc.is_in(local, pa.array(sorted(words("email_roles")), pa.string())))
    return {
        "value": found.value,
        "issues": _ISSUES.take(pa.array(domains.issues[found.place] + 2 * role)),
        "parts": pc.binary_join_element_wise('{"domain": "', found.domain, '", "local": "', found.local, '"}', ""),
        "email": key,
        "email_local": local,
        "email_letters": _without_digits(key),
    }


def _key_locals(local: pa.Array, gmail: NDArray[np.bool_]) -> pa.Array:
    """Local parts without tags, and without dots where they are Gmail's."""
    tagged = pc.match_substring(local, "+")
    bare = pc.replace_substring_regex(local.filter(tagged), r"^([^+]+)\+.*$", r"\1")
    local = pc.replace_with_mask(local, tagged, pc.ascii_trim(bare, "."))
    at_gmail = pa.array(gmail)
    return pc.replace_with_mask(local, at_gmail, pc.replace_substring(local.filter(at_gmail), ".", ""))


def _without_digits(texts: pa.Array) -> pa.Array:
    """ASCII texts without nulls, less their digits."""
    ends = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, 4 * texts.offset)
    letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[ends[0] : ends[-1]]
    kept = (letters < ord("0")) | (letters > ord("9"))
    counted = np.concatenate([np.zeros(1, np.int32), np.cumsum(kept, dtype=np.int32)])
    offsets = counted[ends - ends[0]]
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(letters[kept]))


def _flags(booleans: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.fill_null(booleans, False).to_numpy(zero_copy_only=False)
    return found
