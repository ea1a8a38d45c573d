"""`retrato generate`: synthetic channel exports with the truth."""

from pathlib import Path
from typing import Annotated

import typer

from retrato.cli.options import Json
from retrato.cli.screen import show, show_json, show_table
from retrato.errors import ConfigurationError, Problem


def generate(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")],
    n: Annotated[int, typer.Option("--n", help="How many contact records.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same number and seed give the same files.")] = 1,
    as_json: Json = False,
) -> None:
    """Write the synthetic exports of eight channels, and who is who in them (truth/)."""
    from retrato.datasets import omnichannel

    check_exports_folder(out, "--out")
    customers = omnichannel(n, seed=seed)
    paths = customers.write(out)
    rows = {name: table.num_rows for tables in (customers.records, customers.events) for name, table in tables.items()}
    truth = out / "truth" / "records.csv"
    if as_json:
        show_json({"out": str(out), "files": [str(path) for path in paths], "rows": rows, "truth": str(truth)})
    else:
        show_table(((path, rows[path.name.partition(".")[0]]) for path in paths), ("file", "rows"), numbers=(1,))
        show(f"\nthe truth: {truth}")


def check_exports_folder(folder: Path, option: str) -> None:
    """See that a folder is new, empty, or one of earlier synthetic exports, which may be replaced.

    Raises `ConfigurationError` for any other, so that nothing of somebody else's is overwritten.
    """
    if folder.is_dir():
        fit = not any(folder.iterdir()) or (folder / "truth" / "records.csv").is_file()
    else:
        fit = not folder.exists()
    if not fit:
        what = "exists and holds something else than synthetic exports"
        raise ConfigurationError([Problem(f"{option} {folder}", what, "name a new folder")])
