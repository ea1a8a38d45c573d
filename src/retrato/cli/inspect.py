"""`retrato inspect`: what the columns are taken for, and how good their values are."""

from typing import TYPE_CHECKING, Annotated

import typer

from retrato.cli.options import Config, Events, Files, Json, Keys, Maps, Region, SourceColumn
from retrato.cli.screen import share, show, show_json, show_table

if TYPE_CHECKING:
    from retrato.pipeline.inspect import ColumnProfile, SourceProfile

_HEADERS = (
    "column", "field", "sure", "filled", "distinct", "valid", "possible", "invalid", "placeholder", "most shared",
    "why",
)  # fmt: skip


def inspect(  # noqa: PLR0913, PLR0917 - one parameter an option
    files: Files = None,
    config: Config = None,
    keys: Keys = None,
    source_column: SourceColumn = None,
    maps: Maps = None,
    events: Events = None,
    region: Region = None,
    show_values: Annotated[bool, typer.Option("--show-values", help="Show values as they are, not masked.")] = False,
    as_json: Json = False,
) -> None:
    """Show what each file and column is taken for, how sure that is, and how good the values are.

    Nothing is resolved or written, and values are masked. "sure" is the confidence in the field; "valid",
    "possible", "invalid" and "placeholder" are shares of the values in a sample of the rows, and "-" stands where
    nothing tells a right value from a wrong one. The command quality reads all values and says more.
    """
    from retrato import inspect as inspect_sources
    from retrato.cli.request import Request
    from retrato.cli.sources import SourceOptions

    asked = SourceOptions(files or (), events or (), keys or (), maps or (), source_column, region)
    request = Request(asked, config=config).checked()
    inspection = inspect_sources(request.sources, ruleset=request.ruleset, show_values=show_values)
    if as_json:
        show_json(inspection.to_dict())
        return
    for number, source in enumerate(inspection.sources):
        if number:
            show()
        _show(source)


def _show(source: "SourceProfile") -> None:
    show(f"{source.source}: {source.kind} ({source.kind_reason}); {source.rows:,} rows, {source.rejected:,} rejected")
    if source.read_as:
        show(f"read as {source.read_as}")
    for note in source.notes:
        show(f"note: {note}")
    rows = [_row(each, source.rows) for each in source.columns]
    show_table(rows, _HEADERS, numbers=(2, 3, 4, 5, 6, 7, 8))


def _row(each: "ColumnProfile", rows: int) -> tuple[object, ...]:
    return (
        each.column,
        each.field or "—",
        share(each.confidence) if each.field else "",
        share(each.filled / rows if rows else None),
        each.distinct,
        share(each.valid, absent="-" if each.placeholder is not None else ""),
        share(each.possible),
        share(each.invalid),
        share(each.placeholder),
        ", ".join(f"{shared.value} ×{shared.rows:,}" for shared in each.shared if shared.rows > 1),
        each.reason,
    )
