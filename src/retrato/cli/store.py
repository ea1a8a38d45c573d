"""`retrato store`: who is who, kept in a database and changed record by record."""

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from retrato.cli import screen
from retrato.cli.exits import EPILOG, ExitCode
from retrato.cli.find import given_fields, show_found
from retrato.cli.options import Json, Result
from retrato.cli.sources import check_files, owner_of
from retrato.errors import ConfigurationError, Problem, StoreError, UnknownRecordError
from retrato.records import Record, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from retrato import IdentityStore
    from retrato.live.identity_store import Ingested
    from retrato.stores.rows import StoredDecision

    Row = dict[str, str | None]

#: Records that go into a store in one transaction.
_TOGETHER = 500
_SQLITE = "sqlite:///"
#: The secret of a store that has forgotten people: see `IdentityStore.open`.
SECRET_VARIABLE = "RETRATO_STORE_SECRET"  # noqa: S105 - where it is, not what it is
#: The key of an encrypted store.
KEY_VARIABLE = "RETRATO_STORE_KEY"

Place: TypeAlias = Annotated[
    str, typer.Argument(metavar="URL", help="The store: a file such as customers.db, or postgresql://…")
]
RecordText: TypeAlias = Annotated[str, typer.Argument(metavar="RECORD", help="A record as SOURCE:KEY.")]
OtherRecordText: TypeAlias = Annotated[str, typer.Argument(metavar="OTHER", help="Another one.")]
Who: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="A profile id, of today or of earlier, or a record as SOURCE:KEY.")
]
Author: TypeAlias = Annotated[str, typer.Option(metavar="TEXT", help="Who decides.")]
Reason: TypeAlias = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]


def init(url: Place) -> None:
    """Make an empty store, which `load` then fills."""
    from retrato import IdentityStore

    IdentityStore.open(_url(url)).close()
    screen.show(f"there is a store at {url.rpartition('@')[2]}")


def load(url: Place, out: Result, as_json: Json = False) -> None:
    """Take a result into a new store: its rules, model, records and profile ids."""
    from retrato import Resolution

    resolution = Resolution.load(out)
    with _open(_url(url)) as store:
        records = store.load(resolution)
        profiles = len(set(store.assignments.column("profile_id").to_pylist()))
    _show_counts({"records": records, "profiles": profiles}, as_json)


def ingest(
    url: Place,
    source: Annotated[str, typer.Argument(help="The source that the rows are of, one of those that the store knows.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports of it, with the columns it has.")],
    readmit: Annotated[
        bool, typer.Option("--readmit", help="Take in people who were forgotten as well: they wish to return.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take the rows of files as records of a source: new ones, or new versions of those that are there."""
    exports = [Source(source, path) for path in files]
    check_files(exports)
    counts = Counter[str]()
    with _opened(url) as store:
        key = _key_of(store, source)
        for export in exports:
            for rows in _rows(export, key, counts):
                keyed = [row for row in rows if row[key] is not None]
                counts["rows without a key"] += len(rows) - len(keyed)
                records = [Record(source, str(row[key]), row) for row in keyed]
                for each in records if readmit else ():
                    store.readmit(each)
                counts.update(_came_of(store.ingest_many(records)))
    _show_counts({name: counts[name] for name in _COUNTED}, as_json)


def find(
    url: Place,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="Anything: it is tried as all that it can be read as.")
    ] = None,
    known: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="FIELD=TEXT", help="A field that is known, such as phone. Repeatable."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most profiles to show.")] = 10,
    as_json: Json = False,
) -> None:
    """Find the profiles that fit what is known: a ranked list with reasons, likeliest first."""
    fields = given_fields(known or ())
    if (text is None) == (not fields):
        raise ConfigurationError([Problem("store find", "say what is known: either TEXT or --field FIELD=TEXT", "")])
    with _opened(url) as store:
        found = store.find(text, limit=limit, **fields)
        show_found(found, in_bits=store.rules.model is not None, as_json=as_json)


def show(
    url: Place,
    who: Who,
    as_of: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="As it was then (UTC), as far as sources tell.")
    ] = None,
    known_at: Annotated[datetime | None, typer.Option(metavar="TIME", help="As the store knew it then (UTC).")] = None,
    as_json: Json = False,
) -> None:
    """Print the portrait of a profile, as far as records tell it: a store keeps no events."""
    from retrato.cli.portrait import portrait_document

    with _opened(url) as store:
        profile = store.profile(_profile(store, who), as_of=as_of, known_at=known_at)
    if as_json:
        document = portrait_document(profile)
        screen.show_json({name: document[name] for name in ("profile_id", "golden", "values")})
    else:
        screen.show(profile)


def same(
    url: Place, a: RecordText, b: OtherRecordText, author: Author, reason: Reason = "", as_json: Json = False
) -> None:
    """Decide that two records are one person, whatever else speaks against it."""
    with _opened(url) as store:
        _decide(store, store.same, (a, b), {"author": author, "reason": reason}, as_json=as_json)


def different(
    url: Place, a: RecordText, b: OtherRecordText, author: Author, reason: Reason = "", as_json: Json = False
) -> None:
    """Decide that two records are two people, whatever else speaks against it."""
    with _opened(url) as store:
        _decide(store, store.different, (a, b), {"author": author, "reason": reason}, as_json=as_json)


def split(
    url: Place,
    records: Annotated[list[str], typer.Argument(metavar="RECORD...", help="Records of one profile as SOURCE:KEY.")],
    author: Author,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Decide that these records are one person, and the rest of their profile somebody else."""
    with _opened(url) as store:
        chosen = [_record(store, each) for each in records]
        former = store.profile_of(*chosen[0])
        numbers = store.split(former, chosen, author=author, reason=reason)
        split_off = store.profile_of(*chosen[0])
    if as_json:
        screen.show_json({"decisions": numbers, "profile_id": split_off})
    else:
        told = ", ".join(map(str, numbers))
        screen.show(f"decisions {told}: {len(chosen)} records are in {split_off}, apart from the rest of {former}")


def pin(
    url: Place,
    who: Who,
    attribute: Annotated[str, typer.Argument(help="The attribute, such as phone or national_id.dni.")],
    value: Annotated[str, typer.Argument(help="One of the values that records of the profile hold.")],
    author: Author,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Fix the value that speaks for a person, whatever the survivorship rules say."""
    with _opened(url) as store:
        profile = _profile(store, who)
        number = store.pin(profile, attribute, value, author=author, reason=reason)
    if as_json:
        screen.show_json({"decision": number, "profile_id": profile})
    else:
        screen.show(f"decision {number}: the {attribute} of {profile} is fixed")


def undo(
    url: Place,
    decisions: Annotated[
        list[int], typer.Argument(metavar="DECISION...", help="The numbers of decisions: see `decisions`.")
    ],
    author: Author,
    as_json: Json = False,
) -> None:
    """Take decisions back, all or none. They stay on record."""
    with _opened(url) as store:
        _show_changes(store.undo(*decisions, author=author), as_json)


def decisions(url: Place, as_json: Json = False) -> None:
    """List what people have decided, with numbers, and what was taken back."""
    from retrato.live.saying import as_text

    with _opened(url) as store:
        found = store.decided()
    if as_json:
        rows = [{**each._asdict(), "at": as_text(each.at), "undone_at": as_text(each.undone_at)} for each in found]
        screen.show_json({"decisions": rows})
    elif not found:
        screen.show("nothing is decided")
    else:
        names = ("number", "decision", "about", "author", "reason", "at", "undone by", "undone at")
        rows_shown = [
            (
                *(each.number, each.decision, _about(each), each.author, each.reason),
                *(_seconds(as_text(each.at)), each.undone_by, _seconds(as_text(each.undone_at))),
            )
            for each in found
        ]
        screen.show_table(rows_shown, names, numbers=(0,))


def _seconds(time: str | None) -> str | None:
    """A time without what a table has no place for."""
    return None if time is None else time[:19]


def _about(decision: "StoredDecision") -> str:
    """What a decision is about: two records, or what a record says."""
    records = [f"{source}:{key}" for source, key in decision.records]
    return " and ".join(records) if decision.attribute is None else f"{decision.attribute} of {records[0]}"


def changes(
    url: Place,
    since: Annotated[int, typer.Option(metavar="N", help="Only what came after this cursor.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="The most changes to show.")] = 1000,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and nothing else.")] = False,
) -> None:
    """Tell what has happened to profiles, in order. The cursor of the last line is where to go on."""
    from retrato.live.saying import as_text

    with _opened(url) as store:
        rows = [{**each._asdict(), "at": as_text(each.at)} for each in store.changes(since, limit=limit)]
    if as_lines:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif not rows:
        screen.show("nothing has happened")
    else:
        names = ("cursor", "at", "what", "profile", "other profile", "records")
        screen.show_table([list(row.values()) for row in rows], names, numbers=(0, 5))


def delete(url: Place, record: RecordText, as_json: Json = False) -> None:
    """Take a record away, with its versions."""
    with _opened(url) as store:
        _show_changes(store.delete(*_record(store, record)), as_json)


def forget(url: Place, who: Who, as_json: Json = False) -> None:
    """Erase a person: records, versions, values, decisions. Needs the variable RETRATO_STORE_SECRET."""
    from dataclasses import asdict

    with _opened(url) as store:
        receipt = asdict(store.forget(_profile(store, who)))
    if as_json:
        screen.show_json(receipt)
    else:
        screen.show_table(receipt.items())


def export(url: Place, who: Who) -> None:
    """Print all that the store holds of a person as JSON, for whoever asks what is kept of them."""
    with _opened(url) as store:
        screen.show_json(store.export(_profile(store, who)))


def verify(url: Place, as_json: Json = False) -> None:
    """Look at everything that the store holds: exit code 1 if anything is not what it should be."""
    with _opened(url) as store:
        wrong = store.verify()
    if as_json:
        screen.show_json({"wrong": wrong})
    else:
        screen.show("\n".join(wrong) or "all is well")
    if wrong:
        raise typer.Exit(ExitCode.FAILED)


COMMANDS = (
    init, load, ingest, find, show, same, different, split, pin, undo, decisions, changes, delete, forget, export,
    verify,
)  # fmt: skip

store_app = typer.Typer(
    name="store", help="Keep who is who in a database, and change it record by record.", no_args_is_help=True
)
for _command in COMMANDS:
    store_app.command(_command.__name__, epilog=EPILOG)(_command)


def _url(place: str) -> str:
    """The URL of a store that may be given as the path of its file.

    >>> _url("customers.db"), _url("postgresql://localhost/customers")
    ('sqlite:///customers.db', 'postgresql://localhost/customers')
    """
    return place if "://" in place else f"{_SQLITE}{place}"


def _there(place: str) -> str:
    """The URL of a store whose file, if it is one, is there: asking makes no new one."""
    url = _url(place)
    path = url.removeprefix(_SQLITE)
    if path != url and "?" not in path and not Path(path).exists():
        raise StoreError(f"there is no store {path}; make one of a result: retrato store load {path} OUT")
    return url


def _opened(place: str) -> "IdentityStore":
    return _open(_there(place))


def _open(url: str) -> "IdentityStore":
    from retrato import IdentityStore

    secret, key = map(os.environ.get, (SECRET_VARIABLE, KEY_VARIABLE))
    return IdentityStore.open(url, secret=secret, encryption_key=key)


def _record(store: "IdentityStore", text: str) -> tuple[str, str]:
    """Source and key of a record; the source is the longest that the store knows, else what stands before a colon."""
    owner = owner_of(text, store.rules.readings, ":") or text.partition(":")[0]
    key = text.removeprefix(f"{owner}:")
    if key == text:
        raise UnknownRecordError(f"{text} is no record; write one as SOURCE:KEY")
    return owner, key


def _profile(store: "IdentityStore", who: str) -> str:
    """The id of a profile, which may be told by one of its records."""
    return store.profile_of(*_record(store, who)) if ":" in who else who


def _key_of(store: "IdentityStore", source: str) -> str:
    """The column with the keys of a source."""
    readings = store.rules.readings
    if source not in readings:
        hint = f"the sources are {', '.join(sorted(readings))}"
        raise ConfigurationError([Problem(f"source {source}", "the store knows no such source", hint)])
    key = readings[source].key or readings[source].column("record_key")
    if key is None:
        hint = "name it with --key when you resolve"
        raise ConfigurationError([Problem(f"source {source}", "has no column with the keys of its rows", hint)])
    return key


def _rows(export: Source, key: str, counts: Counter[str]) -> "Iterator[list[Row]]":
    """The rows of an export, as text by column, some at a time; what is read is counted."""
    from retrato import DuckDBEngine
    from retrato.engines.compile.template import tree
    from retrato.io.readers import read
    from retrato.io.readers.names import ROW

    with DuckDBEngine() as engine:
        told = read(export, engine, "raw")
        if key not in told.columns:
            raise ConfigurationError([Problem(f"source {export.name}", f'{export.data} has no column "{key}"')])
        table = engine.fetch(tree("SELECT * FROM raw ORDER BY _row")).drop_columns(ROW)
    counts.update({"rows": told.rows, "rejected rows": told.rejected})
    for start in range(0, table.num_rows, _TOGETHER):
        yield table.slice(start, _TOGETHER).to_pylist()


_COUNTED = (
    "rows", "rejected rows", "rows without a key", "records", "records of forgotten people", "profiles created",
    "records that joined a profile", "records that say something else", "profiles merged",
    "profiles split off",
)  # fmt: skip


def _came_of(done: "Sequence[Ingested]") -> Counter[str]:
    """What came of records that were taken in together, by what it counts."""
    from retrato.graph.identities import ChangeKind

    known = sum(each.profile_id is not None for each in done)
    counts = Counter({"records": known, "records of forgotten people": len(done) - known})
    for change in {change for each in done for change in each.changes}:
        match change.kind:
            case ChangeKind.CREATED:
                counts["profiles created"] += 1
            case ChangeKind.JOINED:
                counts["records that joined a profile"] += change.records
            case ChangeKind.MERGED:
                counts["profiles merged"] += 1
            case ChangeKind.SPLIT:
                counts["profiles split off"] += 1
            case ChangeKind.VALUE_CHANGED:
                counts["records that say something else"] += change.records
    return counts


def _show_counts(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        screen.show_json(counts)
    else:
        screen.show_table(counts.items(), numbers=(1,))


def _decide(
    store: "IdentityStore", decide: "Callable[..., int]", texts: "Sequence[str]", by: dict[str, str], *, as_json: bool
) -> None:
    """Make a decision about two records, and show whose they are then."""
    pair = [_record(store, text) for text in texts]
    number = decide(*pair, **by)
    owners = {f"{source}:{key}": store.profile_of(source, key) for source, key in pair}
    if as_json:
        screen.show_json({"decision": number, "profiles": owners})
    else:
        told = ", ".join(f"{record} is in {profile}" for record, profile in owners.items())
        screen.show(f"decision {number}: {told}")


def _show_changes(found: "Iterable[Any]", as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        screen.show_json({"changes": [asdict(each) for each in found]})
    else:
        screen.show("\n".join(map(str, found)) or "no profile has changed")
