"""`retrato profile`: one customer's portrait and timeline."""

from typing import Annotated

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show_json


def profile(
    out: Result,
    who: Annotated[
        str, typer.Argument(metavar="ID", help="A profile id, also of an earlier run, or a record as SOURCE:KEY.")
    ],
    as_json: Json = False,
) -> None:
    """Print the portrait of one customer and the whole timeline."""
    from retrato import Resolution
    from retrato.cli.portrait import portrait_document, show_portrait
    from retrato.cli.references import profile_id

    resolution = Resolution.load(out)
    found = resolution.profile(profile_id(resolution, who))
    if as_json:
        show_json(portrait_document(found))
    else:
        show_portrait(found)
