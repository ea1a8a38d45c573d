"""`retrato profile`: one customer's portrait and timeline."""

from datetime import datetime
from typing import Annotated

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show_json


def profile(
    out: Result,
    who: Annotated[
        str, typer.Argument(metavar="ID", help="A profile id, also of an earlier run, or a record as SOURCE:KEY.")
    ],
    at: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="The moment (UTC) of the context; now when not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the portrait of one customer, what is to be done, and the whole timeline."""
    from retrato import Resolution
    from retrato.cli.portrait import portrait_document, show_portrait
    from retrato.cli.references import profile_id

    resolution = Resolution.load(out)
    found = resolution.profile(profile_id(resolution, who))
    if as_json:
        show_json(portrait_document(found, at))
    else:
        show_portrait(found, at)
