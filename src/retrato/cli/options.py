"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

SOURCES, RULES, MACHINE = "Sources", "Rules and earlier results", "Machine"

Files: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="The exports, one a channel: CSV, Parquet, Excel or JSON lines."),
]
Result: TypeAlias = Annotated[Path, typer.Argument(metavar="OUT", help="The folder of a result.")]
Config: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A TOML file with rules and sources.", rich_help_panel=RULES)
]
Keys: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--key", metavar="[SOURCE.]COLUMN", help="The column with the keys of the rows.", rich_help_panel=SOURCES
    ),
]
SourceColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="The column that names the channel of each row.", rich_help_panel=SOURCES),
]
Maps: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="[SOURCE.]FIELD=COLUMN", help="What a column holds. Repeatable.", rich_help_panel=SOURCES
    ),
]
Events: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A file whose rows are interactions. Repeatable.", rich_help_panel=SOURCES),
]
Region: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="CC", help="The country of phones and documents that name none.", rich_help_panel=SOURCES),
]
TimeZone: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Where the clocks of times without a zone are.", rich_help_panel=SOURCES),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
