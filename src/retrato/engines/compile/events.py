"""Raw event tables to `events`, numbered by content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.normalise import row_content, text_or_null, time_of
from retrato.engines.compile.template import Node, among, choice, column, table, told, tree
from retrato.identifiers.moment import UNKNOWN_ZONE
from retrato.profiles.attachment import TELLING_THREAD
from retrato.profiles.interaction_rules import CHANNEL_OF_KIND, OUTGOING, THREAD_OF_KIND, WITHOUT_DIRECTION, EventIssue
from retrato.profiles.threads import VISIT
from retrato.records import EVENT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def raw_events(
    number: int,
    raw: str,
    name: str,
    *,
    columns: Sequence[str],
    fields: Mapping[str, str | None],
    naming: Sequence[str] = (),
    thread_kind: str | None = None,
) -> exp.Query:
    """The event fields of one raw table as text, with where they stand, a hash of their content, and one of what they
    name their customer by: the key and the columns `naming`.

    `thread_kind` is what the threads of the table are, if that is known.
    """
    source = tree("coalesce(:source, :name)", source=text_or_null(fields.get("source")), name=name)
    key = fields.get("customer_key")
    names = [source, *(tree("coalesce(:c, '')", c=column(each)) for each in (*([key] if key else []), *naming))]
    said = exp.func("concat_ws", exp.Literal.string("\x1f"), *names)
    found = exp.select(
        exp.alias_(tree("CAST(:n AS INTEGER)", n=number), "source_no"),
        exp.alias_(exp.column("_row"), "row"),
        exp.alias_(source, "source"),
        exp.alias_(exp.Anonymous(this="md5_number", expressions=[said]), "named_by"),
        exp.alias_(row_content(columns), "content"),
        exp.alias_(text_or_null(None) if thread_kind is None else exp.Literal.string(thread_kind), "thread_kind"),
    ).from_(table(raw))
    for field in EVENT_FIELDS:
        found = found.select(exp.alias_(text_or_null(fields.get(field)), field, quoted=True))
    return found


#: The number of every event, and whether its key has come before. The key of one without a key is a hash of its content
#: and an ordinal among identical rows.
_KEYS = """
WITH timed AS (
  SELECT r.source_no, r.row, r.source, r.event_id, r.content, :time AS time, m.issues
  FROM raw_events r LEFT JOIN moments m ON m.source_no = r.source_no AND m.text = r.event_time
), keyed AS (
  SELECT source_no, row, source, event_id AS event_key, content, time, issues FROM timed WHERE event_id IS NOT NULL
  UNION ALL
  SELECT source_no, row, source, '~' || left(content, 16) || '-' || CAST(row_number() OVER (
      PARTITION BY source, content ORDER BY source_no, row) AS VARCHAR), content, time, issues
  FROM timed WHERE event_id IS NULL
)
SELECT source_no, row, event_key, time, issues, row_number() OVER in_order - 1 AS event,
  coalesce(source = lag(source) OVER in_order AND event_key = lag(event_key) OVER in_order, FALSE) AS again
FROM keyed
WINDOW in_order AS (ORDER BY source, event_key, time, content, source_no, row)
"""


def event_keys() -> Node:
    """`_event_keys` from `raw_events` and `moments(source_no, text, time, issues)`."""
    return tree(_KEYS, time=time_of("event_time", "m"))


#: Events with typed columns; the scope of a thread is empty where its name means the same everywhere, NULL for a visit.
#: From `raw_events`, `_event_keys`, and what is read in each different text of a field:
#: `read_<field>(text, value, status)`.
_EVENTS = """
SELECT t.* EXCLUDE (said_direction, said_thread_kind),
  coalesce(t.said_direction, CASE WHEN :outgoing THEN 'out' WHEN NOT :without_direction THEN 'in' END) AS direction,
  CASE WHEN t.thread IS NOT NULL THEN coalesce(t.said_thread_kind, :thread_kind) END AS thread_kind,
  CASE
    WHEN t.thread IS NULL OR coalesce(t.said_thread_kind, :thread_kind) = :visit THEN NULL
    WHEN regexp_matches(t.thread, :telling) THEN ''
    ELSE t.source
  END AS thread_scope
FROM (
  SELECT k.event, r.source, k.event_key, k.time, coalesce(kind.value, 'event') AS kind,
    coalesce(channel.value, :usual_channel, lower(r.source)) AS channel, direction.value AS said_direction, r.thread,
    r.thread_kind AS said_thread_kind, coalesce(state.value, lower(r.state)) AS state,
    TRY_CAST(amount.value AS DOUBLE) AS amount,
    CASE WHEN currency.status = 'valid' THEN currency.value ELSE upper(r.currency) END AS currency,
    TRY_CAST(satisfaction.value AS DOUBLE) AS satisfaction, :due_at AS due_at, r.place, r.agent, r.area, r.text,
    r.campaign, r.referrer, r.customer_key, :issues AS issues, r.row, r.source_no, k.again,
    r.named_by
  FROM raw_events AS r
  JOIN _event_keys AS k ON k.source_no = r.source_no AND k.row = r.row
  LEFT JOIN read_event_kind AS kind ON kind.text = r.event_kind
  LEFT JOIN read_channel AS channel ON channel.text = r.channel
  LEFT JOIN read_direction AS direction ON direction.text = r.direction AND direction.status = 'valid'
  LEFT JOIN read_state AS state ON state.text = r.state
  LEFT JOIN read_currency AS currency ON currency.text = r.currency
  LEFT JOIN read_amount AS amount ON amount.text = r.amount
  LEFT JOIN moments AS due ON due.source_no = r.source_no AND due.text = r.due_at
  LEFT JOIN read_satisfaction AS satisfaction ON satisfaction.text = r.satisfaction
) AS t
"""

#: When an event has each issue.
_HAS: Mapping[EventIssue, str] = {
    EventIssue.NO_TIME: "r.event_time IS NULL",
    EventIssue.UNREADABLE_TIME: "r.event_time IS NOT NULL AND k.time IS NULL "
    "AND k.issues IS DISTINCT FROM :unknown_zone",
    EventIssue.UNKNOWN_ZONE: "k.issues = :unknown_zone",
    EventIssue.FUTURE_TIME: "k.time > :as_of",
    EventIssue.UNKNOWN_KIND: "kind.status <> 'valid'",
    EventIssue.UNKNOWN_CHANNEL: "channel.status <> 'valid'",
    EventIssue.UNREADABLE_AMOUNT: "amount.status = 'invalid'",
    EventIssue.NEGATIVE_AMOUNT: "TRY_CAST(amount.value AS DOUBLE) < 0",
    EventIssue.UNKNOWN_CURRENCY: "currency.status <> 'valid' AND NOT regexp_full_match(r.currency, '[A-Za-z]{3}')",
    EventIssue.UNREADABLE_SATISFACTION: "satisfaction.status = 'invalid'",
}


def events(as_of: datetime) -> Node:
    """`events` after `event_keys`; whatever happened after `as_of` (UTC) is in the future."""
    at = tree("CAST(:t AS TIMESTAMP)", t=as_of.isoformat(" "))
    holds = ((tree(has, as_of=at, unknown_zone=UNKNOWN_ZONE.code), f" {issue}") for issue, has in _HAS.items())
    kind = exp.column("kind", "t")
    return tree(
        _EVENTS,
        issues=tree("ltrim(:told)", told=told(holds)),
        due_at=time_of("due_at", "due"),
        usual_channel=choice(exp.column("value", "kind"), CHANNEL_OF_KIND),
        outgoing=among(kind, OUTGOING),
        without_direction=among(kind, WITHOUT_DIRECTION),
        thread_kind=choice(kind, THREAD_OF_KIND),
        visit=VISIT,
        telling=TELLING_THREAD,
    )


#: How many events of each source have each issue, and the first rows of them.
ISSUES = """
SELECT source_no, issue, count(*) AS events, list(row ORDER BY row)[1:3] AS rows
FROM (SELECT source_no, row, unnest(string_split(issues, ' ')) AS issue FROM events WHERE issues <> '') AS u
GROUP BY source_no, issue ORDER BY source_no, issue
"""

NO_EVENTS = """
SELECT CAST(0 AS BIGINT) AS event, '' AS source, '' AS event_key, CAST(NULL AS TIMESTAMP) AS time, '' AS kind,
  '' AS channel, '' AS thread, '' AS state, CAST(0 AS DOUBLE) AS amount, '' AS currency,
  CAST(0 AS DOUBLE) AS satisfaction, CAST(NULL AS TIMESTAMP) AS due_at, '' AS place, '' AS agent, '' AS area,
  '' AS text, '' AS campaign, '' AS referrer, '' AS customer_key, '' AS issues, CAST(0 AS BIGINT) AS row,
  CAST(0 AS INTEGER) AS source_no, FALSE AS again, CAST(0 AS HUGEINT) AS named_by, '' AS direction,
  '' AS thread_kind, '' AS thread_scope LIMIT 0
"""

NO_EVENT_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS event, '' AS kind, '' AS namespace, '' AS value, '' AS status LIMIT 0
"""
