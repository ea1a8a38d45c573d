"""Stage 15: one portrait a profile: every value ranked, the golden ones side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from retrato.engines.compile.portraits import plain_attributes, profile_steps
from retrato.engines.compile.survivorship import value_steps, values
from retrato.engines.compile.template import tree
from retrato.profiles.survivorship import PIN, Pin

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def portray(run: Run) -> None:
    """Make `profiles` and `values`, and the table `pins` of those that are there."""
    run.engine.load("pins", _pins(run))
    steps = value_steps(run.ruleset.survivorship)
    for name, query in steps:
        run.engine.create(name, query)
    _report_pins(run)
    run.engine.create("values", values("identifiers").limit(0))
    for part in run.identifiers:  # all at once would need memory for the texts of all
        run.engine.append("values", values(part))
    attributes = run.engine.fetch(plain_attributes()).column("attribute").to_pylist()
    last = profile_steps(attributes)
    for name, query in last:
        run.engine.create(name, query)
    run.engine.drop(*(name for name, _ in (*steps, *last) if name.startswith("_")))
    run.counts["values"] = run.engine.count("values")


def _report_pins(run: Run) -> None:
    found = run.engine.fetch(tree("SELECT count(DISTINCT pin) AS n FROM _value_claims WHERE pin > 0"))
    lost = run.engine.count("pins") - int(found.column("n")[0].as_py())
    if lost:
        run.notes.append(f"{lost} pins name a value that their record does not hold, or no known record")


def _pins(run: Run) -> pa.Table:
    """`source, record_key, attribute, value, pin`: what people have fixed; the later, the larger the number."""
    rows = [] if run.decisions is None else run.decisions.to_pylist()
    pins = {
        Pin(row["source_a"], row["key_a"], row["attribute"], row["value"]): number
        for number, row in enumerate(rows, 1)
        if row["decision"] == PIN
    }
    columns = [*zip(*pins, strict=True)] or [()] * len(Pin._fields)
    texts = {name: pa.array(column, pa.string()) for name, column in zip(Pin._fields, columns, strict=True)}
    return pa.table({**texts, "pin": pa.array(pins.values(), pa.int64())})
