"""`retrato explain`: why two records are one person, or why they are not."""

from typing import Annotated

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show, show_json


def explain(
    out: Result,
    a: Annotated[str, typer.Argument(metavar="A", help="A record as SOURCE:KEY, or a profile by its id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    as_json: Json = False,
) -> None:
    """Explain why two records are one person, or why they are not. A profile stands for its strongest pair."""
    from retrato import Resolution
    from retrato.cli.references import reference

    resolution = Resolution.load(out)
    explanation = resolution.explain(reference(resolution, a), reference(resolution, b))
    if as_json:
        show_json(explanation.to_dict())
    else:
        show(explanation)
