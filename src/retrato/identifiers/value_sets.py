"""Values that the user names: those that are nobody's own, and those that are right but must never link anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import Issue, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from retrato.identifiers.base import IdentifierType

BLOCKED = Issue("blocked", "the rules say that the value is nobody's own")
NEVER_LINKS = Issue("never_links", "the rules say that the value never links anybody")

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Values of one kind of identifier: single ones, and for e-mail all addresses of some domains.

    `kind` is `email`, `phone`, …, or with its namespace `account_id.loyalty`, or a plain attribute `category.segment`.
    `values` are written as in a cell: every spelling of the same value is meant. A domain stands for its subdomains
    too.

    >>> ValueSet("email", domains=("guest.example.com",)).domains
    ('guest.example.com',)
    """

    kind: str
    values: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        """What is wrong with it, in sentences that name no value."""
        if not self.values and not self.domains:
            yield "it names neither values nor domains"
        if any(not each.strip() for each in self.values):
            yield "a value is empty"
        if self.domains and self.kind != "email":
            yield "only e-mail addresses have domains; use values"
        yield from (
            f'a domain is written as in example.com; "{each}" is none'
            for each in self.domains
            if not _DOMAIN.fullmatch(each.lower())
        )

    def covers(self, kind: IdentifierType, parsed: pa.Table) -> pa.ChunkedArray:
        """Which rows of a table of parsed values (see `IdentifierType.parse_table`) are in the set."""
        import pyarrow as pa
        import pyarrow.compute as pc

        first = next(iter(kind.fields.values())).part
        read = [each for text in self.values for each in kind.parse_parts({first: text})]
        main = kind.features[0].keys[0] if kind.features else None
        tests = [("raw", self.values), ("value", [each.value for each in read if each.value])]
        if main:
            tests.append((main, [each.keys[main] for each in read if main in each.keys]))
        found = pc.is_in(parsed.column("raw"), pa.array([], pa.string()))
        for column, texts in tests:
            found = pc.or_(found, pc.is_in(parsed.column(column), pa.array(sorted(set(texts)), pa.string())))
        if self.domains:
            names = "|".join(re.escape(each.lower()) for each in self.domains)
            there = pc.match_substring_regex(parsed.column("value"), rf"@([^@]*\.)?({names})$")
            found = pc.or_(found, pc.fill_null(there, False))
        space = self.kind.partition(".")[2]
        if space and not isinstance(kind, Attribute):
            found = pc.and_(found, pc.equal(parsed.column("namespace"), space))
        return found

    def concerns(self, kind: IdentifierType) -> bool:
        """Whether the set is of this type; a plain attribute is told by its name."""
        name, _, space = self.kind.partition(".")
        return kind.kind == name and (not isinstance(kind, Attribute) or kind.name == space)


def set_apart(
    kind: IdentifierType, parsed: pa.Table, sets: Sequence[ValueSet], issue: Issue, status: Status | None = None
) -> tuple[pa.Table, int]:
    """Parsed values without the matching keys of those in the sets, which get the issue (and the status); their number.

    Without keys a value takes no part in blocking or comparison. The value itself and its raw text stay.

    >>> from retrato.identifiers.email import Email
    >>> parsed = Email().parse_column(["Info@Acme.com", "ana@ruiz.es"])
    >>> table, number = set_apart(Email(), parsed, [ValueSet("email", ("info@acme.com",))], BLOCKED, Status.PLACEHOLDER)
    >>> number, table.column("status").to_pylist(), table.column("email").to_pylist()
    (1, ['placeholder', 'valid'], [None, 'ana@ruiz.es'])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    masks = [each.covers(kind, parsed) for each in sets if each.concerns(kind)]
    if not masks:
        return parsed, 0
    mask: Any = masks[0]
    for each in masks[1:]:
        mask = pc.or_(mask, each)
    number = pc.sum(mask).as_py() or 0
    if not number:
        return parsed, 0
    columns = {name: parsed.column(name) for name in parsed.column_names}
    for name in kind.key_names():
        columns[name] = pc.if_else(mask, pa.scalar(None, columns[name].type), columns[name])
    former = pc.fill_null(columns["issues"], "")
    told = pc.utf8_trim_whitespace(pc.binary_join_element_wise(former, issue.code, " "))
    columns["issues"] = pc.if_else(mask, told, columns["issues"])
    if status is not None:
        columns["status"] = pc.if_else(mask, status.value, columns["status"])
    return pa.table(columns), int(number)
