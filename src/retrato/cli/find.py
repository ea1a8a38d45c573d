"""`retrato find`: who fits what is known."""

from typing import TYPE_CHECKING, Annotated

import typer

from retrato.cli.options import Json, Result
from retrato.cli.screen import show, show_json, show_table
from retrato.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.resolution import Found


def _field(what: str) -> object:
    return typer.Option(help=what, metavar="TEXT", rich_help_panel="What is known")


def find(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Result,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="Anything: it is tried as all that it can be read as.")
    ] = None,
    phone: Annotated[str | None, _field("A phone number.")] = None,
    email: Annotated[str | None, _field("An e-mail address.")] = None,
    name: Annotated[str | None, _field("A full name, in any order.")] = None,
    given_name: Annotated[str | None, _field("A given name.")] = None,
    family_name: Annotated[str | None, _field("A surname, or both.")] = None,
    birth_date: Annotated[str | None, _field("A birth date.")] = None,
    national_id: Annotated[str | None, _field("A document number.")] = None,
    account_id: Annotated[str | None, _field("A customer, contract or card number.")] = None,
    handle: Annotated[str | None, _field("A user name on a social network.")] = None,
    device_id: Annotated[str | None, _field("A cookie or device.")] = None,
    record_key: Annotated[str | None, _field("The key of a record in its source.")] = None,
    address: Annotated[str | None, _field("A street line or a whole address.")] = None,
    postcode: Annotated[str | None, _field("A postcode.")] = None,
    city: Annotated[str | None, _field("A city.")] = None,
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--field", metavar="FIELD=TEXT", help="Any other field. Repeatable.", rich_help_panel="What is known"
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most profiles to show.")] = 10,
    as_json: Json = False,
) -> None:
    """Find the profiles that fit what is known: a ranked list with reasons, likeliest first.

    Options are taken together (--name and --city: both count). Nobody found is an empty list and no error.
    """
    given = {
        "phone": phone, "email": email, "name": name, "given_name": given_name, "family_name": family_name,
        "birth_date": birth_date, "national_id": national_id, "account_id": account_id, "handle": handle,
        "device_id": device_id, "record_key": record_key, "address": address, "postcode": postcode, "city": city,
    }  # fmt: skip
    fields = {field: value for field, value in given.items() if value is not None} | given_fields(others or ())
    if (text is None) == (not fields):
        raise ConfigurationError([Problem("find", "say what is known: either TEXT or options such as --phone", "")])
    from retrato import Resolution

    resolution = Resolution.load(out)
    found = resolution.find(text, limit=limit, **fields)
    show_found(found, in_bits=resolution.model is not None, as_json=as_json)


def given_fields(pairs: "Sequence[str]") -> dict[str, str]:
    """What `--field` says, by field."""
    split = {pair: pair.partition("=") for pair in pairs}
    wrong = [pair for pair, (field, _, text) in split.items() if not field.strip() or not text.strip()]
    if wrong:
        hint = "write such as --field handle.instagram=ana"
        raise ConfigurationError([Problem(f"--field {pair}", "is no FIELD=TEXT", hint) for pair in wrong])
    return {field.strip(): text for field, _, text in split.values()}


def show_found(found: "Sequence[Found]", *, in_bits: bool, as_json: bool) -> None:
    """Print a ranked list; scores are match weights `in_bits`, or numbers of agreeing fields."""
    if as_json:
        from dataclasses import asdict

        show_json({"found": [asdict(each) for each in found]})
    elif not found:
        show("nobody fits")
    else:
        rows = [
            (place, each.profile_id, each.name, *_figures(each), "; ".join(each.reasons))
            for place, each in enumerate(found, 1)
        ]
        worth = "bits" if in_bits else "agreeing"
        show_table(rows, ("", "profile", "name", worth, "probability", "reasons"), numbers=(0, 3, 4))


def _figures(found: "Found") -> tuple[str, str]:
    """Score and probability as they are shown: bits, or without a model the number of agreeing fields alone."""
    if found.score is None:
        return "", ""
    if found.probability is None:
        return f"{found.score:.0f}", ""
    return f"{found.score:+.1f}", f"{found.probability:.4f}"
