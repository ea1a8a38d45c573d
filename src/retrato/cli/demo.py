"""`retrato demo`: the whole way on synthetic exports, up to one customer's portrait."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrato.cli.generate import check_exports_folder
from retrato.cli.options import Json
from retrato.cli.screen import show, show_json

if TYPE_CHECKING:
    from retrato import Profile, Resolution


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder for the exports and the result.")] = Path(
        "retrato-demo"
    ),
    n: Annotated[int, typer.Option("--n", help="How many contact records.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same number and seed give the same exports.")] = 1,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Make synthetic exports of eight channels, resolve them, and show Pedro, who is in all of them."""
    from retrato import resolve
    from retrato.cli.portrait import portrait_document, show_portrait
    from retrato.cli.progress import progress_bar
    from retrato.cli.sources import SourceOptions
    from retrato.cli.summary import show_summary, summary
    from retrato.datasets import omnichannel
    from retrato.io.writing import OutputFolder

    exports, result = out / "exports", out / "result"
    check_exports_folder(exports, "demo")
    OutputFolder(result).check_writable()
    files = omnichannel(n, seed=seed).write(exports)
    with progress_bar(quiet=quiet or as_json) as progress:
        resolution = resolve(SourceOptions(files, region="ES").sources(), progress=progress)
    resolution.save(result)
    pedro = _pedro(resolution)
    last = max(each.time for each in pedro.timeline if each.time)  # the exports end then
    if as_json:
        places = {"exports": str(exports), "result": str(result), "truth": str(exports / "truth")}
        show_json(places | {"summary": summary(resolution), "profile": portrait_document(pedro, last)})
        return
    show_summary(resolution)
    show()
    show_portrait(pedro, last)
    show(f"\nexports  {exports}\ntruth    {exports / 'truth'}\nresult   {result}\n\nNow try")
    show(f'  retrato find {result} "Pedro Navarro"')
    show(f"  retrato profile {result} {pedro.id}")
    show(f"  retrato audience {result} --purpose marketing")
    show(f"  retrato metrics {result}")
    show(f"  retrato evaluate {result} --truth {exports / 'truth' / 'records.csv'}")


def _pedro(resolution: "Resolution") -> "Profile":
    """The profile that fits best what is known of the customer whose story the exports tell."""
    from retrato.datasets import PEDRO

    found = resolution.find(name=PEDRO.name, phone=PEDRO.phone, email=PEDRO.email, national_id=PEDRO.national_id)
    return resolution.profile(found[0].profile_id)
