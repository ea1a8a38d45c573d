"""`retrato generate`: synthetic channel exports with the truth."""

from collections.abc import Collection
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
    batches: Annotated[int, typer.Option(help="In so many parts, batch_01 and so on, in the order of arrival.")] = 1,
    as_json: Json = False,
) -> None:
    """Write the synthetic exports of eight channels, and who is who in them (truth/)."""
    from retrato.datasets import omnichannel

    check_exports_folder(out, "--out", _batch_names(batches))
    customers = omnichannel(n, seed=seed)
    parts = {out: customers}
    if batches != 1:
        parts = dict(zip((out / name for name in _batch_names(batches)), customers.batches(batches), strict=True))
        customers.write_truth(out)
    rows: dict[Path, int] = {}
    for folder, part in parts.items():
        sizes = [table.num_rows for tables in (part.records, part.events) for table in tables.values()]
        rows |= zip(part.write(folder), sizes, strict=True)
    truth = out / "truth" / "records.csv"
    if as_json:
        names = {path.relative_to(out).as_posix().partition(".")[0]: count for path, count in rows.items()}
        show_json({"out": str(out), "files": [str(path) for path in rows], "rows": names, "truth": str(truth)})
    else:
        show_table(rows.items(), ("file", "rows"), numbers=(1,))
        show(f"\nthe truth: {truth}")


def _batch_names(batches: int) -> list[str]:
    """The folders of the parts; none for exports in one piece."""
    return [f"batch_{i:02d}" for i in range(1, batches + 1)] if batches > 1 else []


def check_exports_folder(folder: Path, option: str, batches: Collection[str] = ()) -> None:
    """See that a folder is new, empty, or one of earlier synthetic exports, which may be replaced.

    Raises `ConfigurationError` for any other, so that nothing of somebody else's is overwritten, and for one with
    batches other than those that are to be written, which would stay beside them.
    """
    if folder.is_dir():
        fit = not any(folder.iterdir()) or (folder / "truth" / "records.csv").is_file()
    else:
        fit = not folder.exists()
    if not fit:
        what = "exists and holds something else than synthetic exports"
        raise ConfigurationError([Problem(f"{option} {folder}", what, "name a new folder")])
    held = {path.name for path in folder.glob("batch_*")} if folder.is_dir() else set()
    if held - set(batches) or (batches and folder.is_dir() and any(folder.glob("*.*"))):
        what = "holds synthetic exports that are cut into other parts"
        raise ConfigurationError([Problem(f"{option} {folder}", what, "name a new folder")])
