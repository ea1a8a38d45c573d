"""`retrato metrics`: the figures of a manager."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show, show_json, show_table
from retrato.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

#: So many rows of a table are printed; all are in the JSON document and in the files of the result.
_SHOWN = 12


def metrics(
    out: Result,
    spend: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL=AMOUNT", help="What was spent on a channel: tells the cost. Repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the figures of a manager: customers with an interval, channels, ways, retention, what was spent."""
    from retrato import Resolution
    from retrato.profiles.metrics import METRICS

    found = Resolution.load(out).metrics(_spend(spend) if spend else None)
    if as_json:
        show_json({name: table.to_pylist() for name, table in found.items()})
        return
    for name, table in found.items():
        show(f"{name}: {METRICS.get(name, 'what it has cost to win customers')}")
        mark = " + " if name == "overlap" else " > "
        rows = [[_text(value, mark) for value in row.values()] for row in table.slice(0, _SHOWN).to_pylist()]
        numbers = [place for place, kind in enumerate(map(str, table.schema.types)) if kind[0] in "idf"]
        show_table(rows, table.column_names, numbers=numbers)
        if table.num_rows > _SHOWN:
            show(f"… {table.num_rows - _SHOWN:,} more rows in metric_{name}.parquet")
        show()


def _text(value: Any, mark: str) -> str:
    if isinstance(value, list):
        return mark.join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}" if abs(value) < 1 else f"{value:,.1f}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _spend(given: "Sequence[str]") -> dict[str, float]:
    split = [each.partition("=") for each in given]
    found = {}
    problems = []
    for channel, mark, amount in split:
        try:
            found[channel.strip()] = float(amount)
        except ValueError:
            text = f"{channel}{mark}{amount}"
            problems.append(Problem(f"--spend {text}", "is no CHANNEL=AMOUNT", "write such as --spend ads=1200"))
    if problems:
        raise ConfigurationError(problems)
    return found
