"""`retrato quality`: how good the values of each source and field are."""

from typing import TYPE_CHECKING, Annotated

import typer

from retrato.cli.options import Config, Events, Files, Json, Keys, Maps, Region, SourceColumn
from retrato.cli.screen import share, show, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrato.pipeline.quality import FieldQuality

_HEADERS = (
    "field", "columns", "filled", "distinct", "valid", "possible", "invalid", "placeholder", "unchecked", "shared",
    "most shared", "formats", "issues",
)  # fmt: skip
_NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9)
#: Formats and issues of a field that are printed; all are in the JSON document.
_SHOWN = 3


def quality(  # noqa: PLR0913, PLR0917 - one parameter an option
    files: Files = None,
    config: Config = None,
    keys: Keys = None,
    source_column: SourceColumn = None,
    maps: Maps = None,
    events: Events = None,
    region: Region = None,
    show_values: Annotated[bool, typer.Option("--show-values", help="Show examples as they are, not masked.")] = False,
    as_json: Json = False,
) -> None:
    """Show how good the values of each source and field are: every value is read, nothing is resolved or written.

    "filled" is the share of the rows, "valid" to "unchecked" those of the values ("unchecked": nothing tells a right
    value from a wrong one), "shared" counts values that several records hold, and "most shared" the records and names
    on one of them. In formats, A is a capital, a another letter, 9 a digit.
    """
    from retrato.cli.request import Request
    from retrato.cli.sources import SourceOptions
    from retrato.pipeline.inspect import quality as quality_of

    asked = SourceOptions(files or (), events or (), keys or (), maps or (), source_column, region)
    request = Request(asked, config=config).checked()
    found = quality_of(request.sources, ruleset=request.ruleset, show_values=show_values)
    if as_json:
        show_json({"quality": [each.to_dict() for each in found]})
        return
    for number, source in enumerate(dict.fromkeys(each.source for each in found)):
        if number:
            show()
        own = [each for each in found if each.source == source]
        show(f"{source}: {own[0].rows:,} rows")
        show_table(_rows(own), _HEADERS, numbers=_NUMBERS)


def _rows(found: "Sequence[FieldQuality]") -> "Iterator[tuple[object, ...]]":
    for each in found:
        yield (
            each.field,
            each.column_name,
            share(each.filled / each.rows if each.rows else None),
            each.distinct,
            share(each.valid, absent="-"),
            share(each.possible, absent="-"),
            share(each.invalid, absent="-"),
            share(each.placeholder, absent="-"),
            share(each.unchecked, absent="-"),
            each.shared,
            _most(each),
            ", ".join(f"{one.format} {share(one.share)} ({one.example})" for one in each.formats[:_SHOWN]),
            ", ".join(f"{code} ×{count:,}" for code, count in list(each.issues.items())[:_SHOWN]),
        )


def _most(each: "FieldQuality") -> str:
    """The records on the most shared value, and the names that they have."""
    if each.most_records is None or each.most_records < 2:
        return ""
    names = "" if each.most_names is None else f", {each.most_names:,} name{'' if each.most_names == 1 else 's'}"
    return f"{each.most_records:,} records{names}"
