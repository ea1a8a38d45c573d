"""The fast path of handles: plain names, and addresses that are a platform and a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.codes import absent, combined, filler, matches, rows, trimmed
from retrato.identifiers.handle import HANDLE
from retrato.identifiers.platforms import BEFORE_NAME, DOMAINS, NO_PROFILE, ORGANISATION, RULES, Points, read_address

if TYPE_CHECKING:
    from retrato.identifiers.handle import Handle

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_PLAIN = rf"^ *@?{_NAME} *$"
_ADDRESS = rf"^ *(?:[Hh][Tt][Tt][Pp][Ss]?://)?[A-Za-z0-9.-]+/(?:in/|user/)?@?{_NAME}/?(?:\?[A-Za-z0-9_=&.%-]*)? *$"
#: What an address without a path ends with.
_DOMAIN = r"(?:^|\.)(?:" + "|".join(re.escape(each) for each in DOMAINS) + ")$"
#: Steps of an address that are no names.
_STEPS = pa.array(sorted(BEFORE_NAME | ORGANISATION | NO_PROFILE | {"profile.php", "resolve", "user"}))


def accept_handle(kind: Handle, table: pa.Table) -> pa.Table:
    """Those cells that hold one handle, or one address with nothing but a name."""
    texts = combined(table.column("text"))
    plain = matches(texts, _PLAIN)
    items = rows(plain)
    names = pc.ascii_ltrim(pc.ascii_lower(trimmed(texts.take(items))), "@")
    names_only = rows(pc.invert(matches(names, _DOMAIN)))
    found = [_accepted(kind.platform, items.take(names_only), names.take(names_only))]
    others = rows(matches(texts, _ADDRESS))
    return pa.concat_tables([*found, *_addresses(others, trimmed(texts.take(others)))] if len(others) else found)


def _addresses(items: pa.Array, texts: pa.Array) -> list[pa.Table]:
    """Addresses that end with the name; what stands before it is read by the reference, each once."""
    asked = matches(texts, r"\?")
    if pc.any(asked).as_py():
        paths = pc.list_element(pc.split_pattern(texts.filter(asked), "?", max_splits=1), 0)
        texts = pc.replace_with_mask(texts, asked, paths)
    halves = pc.split_pattern(pc.ascii_rtrim(pc.ascii_lower(texts), "/"), "/", max_splits=1, reverse=True)
    names = pc.ascii_ltrim(pc.list_element(halves, 1), "@")
    heads = pc.list_element(halves, 0).dictionary_encode()
    pointed = [read_address(f"{head}/name") for head in heads.dictionary.to_pylist()]
    platforms = pa.array(
        [each[1] if each is not None and each[0] is Points.PERSON else None for each in pointed], pa.string()
    )
    of_row = platforms.take(heads.indices)
    of_row = pc.if_else(pc.is_in(names, value_set=_STEPS), None, of_row)
    tables = []
    for platform in pc.unique(platforms.drop_null()).to_pylist():
        own = rows(pc.fill_null(pc.equal(of_row, platform), False))
        tables.append(_accepted(platform, items.take(own), names.take(own)))
    return tables


def _accepted(platform: str, items: pa.Array, names: pa.Array) -> pa.Table:
    """The names of one platform that its rule allows, or, where there is none, those that may be handles."""
    allowed = matches(names, f"^(?:{RULES.get(platform, HANDLE)})$")
    keys = pc.replace_substring(names, ".", "") if platform == "facebook" else names
    kept = rows(pc.and_not(allowed, pc.or_(absent(names), filler(keys))))
    values, keys = names.take(kept), keys.take(kept)
    return pa.table(
        {
            "item": items.take(kept),
            "value": values,
            "namespace": pa.repeat(pa.scalar(platform), len(kept)),
            "status": pa.repeat(pa.scalar("valid" if platform else "possible"), len(kept)),
            "handle": pc.binary_join_element_wise(platform, keys, ":") if platform else keys,
        }
    )
