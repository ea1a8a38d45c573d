"""`retrato evaluate`: how good a result is against a known truth."""

from pathlib import Path
from typing import Annotated

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show, show_json


def evaluate(
    out: Result,
    truth: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="CSV or Parquet with record_key, person_id and, for several sources, source; trap if there is one.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Hold a result against the truth: pairs, B³, exact clusters, over-merged clusters, split people, and each trap."""
    from retrato.evaluation import evaluate_folder

    figures = evaluate_folder(out, truth)
    if as_json:
        show_json(figures.to_dict())
    else:
        show(figures)
