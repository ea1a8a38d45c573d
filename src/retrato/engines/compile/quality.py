"""Cells and their values to counts of quality: statuses, issues, shared values, formats; all by slot and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import table, tree

if TYPE_CHECKING:
    from retrato.engines.compile.template import Node

#: The formats of a slot that are told, most frequent first.
MOST_FORMATS = 5
#: Different texts of a slot whose formats are looked at, beside those that are frequent by themselves.
SAMPLE = 5_000
#: Letters of a text that its format is made of.
_LONGEST = 60


def held(cells: str, *, channels: bool = False, records: bool = True) -> Node:
    """The different cells of each slot and source: `slot, source, item, cells, records`.

    `cells` counts rows, and `records` the records that hold the cell now (NULL unless `records`: events hold nothing).
    With `channels` the source is that of the record, as the table `records` has it; else it is empty.
    """
    now = tree("count(*) FILTER (WHERE c.version = 0)" if records else "NULL")
    return tree(_HELD_BY_CHANNEL if channels else _HELD, cells=table(cells, "c"), now=now)


_HELD = """
SELECT c.slot, '' AS source, c.item, count(*) AS cells, CAST(:now AS BIGINT) AS records
FROM :cells GROUP BY c.slot, c.item
"""
_HELD_BY_CHANNEL = """
SELECT c.slot, r.source, c.item, count(*) AS cells, CAST(:now AS BIGINT) AS records
FROM :cells JOIN records r ON r.record = c.record GROUP BY c.slot, r.source, c.item
"""


def statuses(held: str, parsed: str) -> Node:
    """How many values have each status and issues; `first` counts the rows that have any value."""
    return tree(
        """
        SELECT h.slot, h.source, v.status, v.issues, CAST(sum(h.cells) AS BIGINT) AS n,
          CAST(coalesce(sum(h.cells) FILTER (WHERE v.ordinal = 0), 0) AS BIGINT) AS first
        FROM :held JOIN :parsed ON v.item = h.item GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """,
        held=table(held, "h"),
        parsed=table(parsed, "v"),
    )


def holders(held: str, parsed: str) -> Node:
    """Every value but placeholders, by its hash, with the number of records that hold it now."""
    return tree(
        """
        SELECT h.slot, h.source, hash(v.namespace, v.value) AS code, CAST(sum(h.records) AS BIGINT) AS records
        FROM :held JOIN :parsed ON v.item = h.item
        WHERE v.value IS NOT NULL AND v.status <> 'placeholder' GROUP BY 1, 2, 3
        """,
        held=table(held, "h"),
        parsed=table(parsed, "v"),
    )


def most_shared(holders: str) -> Node:
    """The number of different values, of those that several records hold, and the most records on one, which is `code`.

    Of values that are held by as many, the one with the least hash.
    """
    return tree(
        """
        WITH counted AS (
          SELECT slot, source, count(*) AS different, count(*) FILTER (WHERE records > 1) AS shared,
            max(records) AS most
          FROM :t GROUP BY 1, 2
        )
        SELECT c.slot, c.source, c.different, c.shared, c.most, min(h.code) AS code
        FROM counted c LEFT JOIN :t AS h
          ON h.slot = c.slot AND h.source = c.source AND h.records = c.most AND c.most > 1
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2
        """,
        t=table(holders),
    )


def given_names(cells: str, parsed: str) -> Node:
    """The given name of each record that has one: `record, name`."""
    return tree(
        """
        SELECT c.record, min(v.given_name) AS name FROM :cells JOIN :parsed ON v.item = c.item
        WHERE c.version = 0 AND v.given_name IS NOT NULL AND v.status <> 'placeholder' GROUP BY 1
        """,
        cells=table(cells, "c"),
        parsed=table(parsed, "v"),
    )


def names_on_most_shared(cells: str, parsed: str, *, shared: str, names: str) -> Node:
    """How many different given names the records have that hold the most shared value of each slot and source."""
    return tree(
        """
        WITH items AS (
          SELECT DISTINCT s.slot, s.source, v.item FROM :shared JOIN :parsed
            ON hash(v.namespace, v.value) = s.code AND v.status <> 'placeholder'
        )
        SELECT i.slot, i.source, count(DISTINCT n.name) AS names
        FROM items i JOIN :cells ON c.slot = i.slot AND c.item = i.item
        JOIN :names ON n.record = c.record JOIN records r ON r.record = c.record
        WHERE c.version = 0 AND i.source IN ('', r.source) GROUP BY 1, 2 ORDER BY 1, 2
        """,
        shared=table(shared, "s"),
        parsed=table(parsed, "v"),
        cells=table(cells, "c"),
        names=table(names, "n"),
    )


def format_of(text: str) -> Node:
    """The format of a column of texts: `A` a capital, `a` any other letter, `9` a digit; runs of letters as three.

    >>> format_of("raw").sql("duckdb").startswith("REGEXP_REPLACE(")
    True
    """
    found = tree("left(:t, :n)", t=tree(text), n=_LONGEST)
    for pattern, put in _CLASSES:
        found = tree("regexp_replace(:t, :pattern, :put, 'g')", t=found, pattern=pattern, put=put)
    return found


_CLASSES = (
    (r"\p{Lu}", "A"),
    (r"[\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{M}]", "a"),
    (r"\p{Nd}", "9"),
    (r"[\s\p{Z}]", " "),
    (r"\p{C}", "?"),
    # a letter stays one letter, so that initials are seen
    ("a{2,}", "aaa"),
    ("A{2,}", "AAA"),
)


def formats(held: str, parsed: str) -> Node:
    """The most frequent formats of the texts of each slot and source: `place, format, share, raw`.

    Placeholders aside. Texts that are frequent by themselves all count; of a slot with more than `SAMPLE` others, as
    many are drawn by their hash and stand for the rest. `raw` is one of the texts, one that could be read if there is.
    """
    return tree(
        _FORMATS,
        held=table(held, "h"),
        held_only=table(held),
        parsed=table(parsed, "v"),
        format=format_of("raw"),
        sample=SAMPLE,
        most=MOST_FORMATS,
    )


_FORMATS = """
WITH sizes AS (
  SELECT slot, source, greatest(count(*) // :sample, 1) AS every, sum(cells) AS total FROM :held_only GROUP BY 1, 2
), texts AS (
  SELECT h.slot, h.source, v.raw, v.value, v.status,
    CASE WHEN h.cells * :sample >= s.total THEN h.cells ELSE h.cells * s.every END AS weight
  FROM :held JOIN sizes s ON s.slot = h.slot AND s.source = h.source JOIN :parsed ON v.item = h.item
  WHERE v.status <> 'placeholder' AND v.raw IS NOT NULL
    AND (h.cells * :sample >= s.total OR hash(v.raw) % s.every = 0)
), formed AS (
  SELECT *, :format AS format, CASE WHEN value IS NULL OR status = 'invalid' THEN 1 ELSE 0 END AS unread FROM texts
), counted AS (
  SELECT slot, source, format, CAST(sum(weight) AS BIGINT) AS n, arg_min(raw, (unread, hash(raw), raw)) AS raw
  FROM formed GROUP BY 1, 2, 3
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY slot, source ORDER BY n DESC, format) AS place,
    round(n / sum(n) OVER (PARTITION BY slot, source), 4) AS share
  FROM counted
)
SELECT slot, source, place, format, share, raw FROM ranked WHERE place <= :most ORDER BY 1, 2, 3
"""
