"""Rows a second of every identifier type against the library that it stands on, in one run: `make bench-identifiers`.

RETRATO_BENCH_RECORDS says how many rows (a million when not set). The library reads a part of them, for its speed does
not depend on their number; phonenumbers reads its whole column, which is what the whole stage is compared with.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phonenumbers
import pyarrow.parquet as pq
from email_validator import EmailNotValidError, validate_email
from stdnum.es import nif

from customers import FORMS, customers
from names_and_places import NAMES, PLACES, names_and_places
from retrato import Ruleset, Source
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.registry import configured
from retrato.pipeline.normalise import normalise
from retrato.pipeline.read import read
from retrato.pipeline.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

RESULTS = Path(__file__).parent / "results" / "speed.txt"
PART = 100_000


def with_phonenumbers(cells: Iterable[tuple[str | None, str]]) -> None:
    """What the library has to do for a column: read, judge, and write as E.164."""
    for text, region in cells:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def with_email_validator(texts: Iterable[str]) -> None:
    """Judge and normalise every address."""
    for text in texts:
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            continue


def with_stdnum(texts: Iterable[str]) -> None:
    """Compact and judge every Spanish document."""
    for text in texts:
        if nif.is_valid(text):
            nif.compact(text)


def seconds(work: Callable[[], Any]) -> float:
    """Wall seconds of some work."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def rate(work: Callable[[list[str]], None], texts: list[str]) -> float:
    """Texts a second of some work on them."""
    return len(texts) / seconds(lambda: work(texts))


def stage_seconds(table: pa.Table, folder: Path) -> float:
    """Wall seconds of the stage `normalise` over an export, in the default engine."""
    path = folder / "export.parquet"
    pq.write_table(table, path)
    with DuckDBEngine() as engine:
        run = Run(engine, (Source("export", path, region="ES"),), Ruleset())
        read(run)
        with run.stage("normalise"):
            normalise(run)
    return float(run.stages[-1]["seconds"])


def columns(table: pa.Table, people: pa.Table) -> dict[str, tuple[dict[str, str], pa.Table]]:
    """For each type the parts that it reads, and the columns that they come from."""
    return {
        "phone": ({"country": "country", "text": "phone"}, table),
        "email": ({"text": "email"}, table),
        "birth_date": ({"text": "birth_date"}, table),
        "national_id": ({"country": "country", "text": "national_id"}, table),
        "account_id": ({"text": "loyalty_card"}, table),
        "handle": ({"text": "instagram"}, table),
        "sex": ({"text": "sex"}, table),
        "name": (dict(zip(("given", "family", "second_family"), NAMES, strict=True)), people),
        "address": (
            dict(zip(("full", "postcode", "city", "region", "country"), ("direccion", *PLACES), strict=True)),
            people,
        ),
    }


def main() -> None:
    """Measure, print, and keep the table."""
    n = int(os.environ.get("RETRATO_BENCH_RECORDS", "1000000"))
    table, people = customers(n), names_and_places(n)
    types = {each.kind: each for each in configured(region="ES")}
    part = table.slice(0, PART)
    texts = {name: [each for each in part.column(name).to_pylist() if each] for name in ("email", "national_id")}
    phones = list(zip(table.column("phone").to_pylist(), table.column("country").to_pylist(), strict=True))
    alone = seconds(lambda: with_phonenumbers(phones))
    library = {
        "phone": ("phonenumbers", n / alone),
        "email": ("email-validator", len(texts["email"]) / seconds(lambda: with_email_validator(texts["email"]))),
        "national_id": (
            "python-stdnum",
            len(texts["national_id"]) / seconds(lambda: with_stdnum(texts["national_id"])),
        ),
    }
    lines = [
        f"{n:,} rows; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        f"phone forms: {', '.join(f'{form} {share:.0%}' for form, share in FORMS.items())}",
        "",
        f"{'type':<12} {'library':<16} {'its rows/s':>12} {'rows/s':>12} {'times':>6}  statuses",
    ]
    for kind, (parts, source) in columns(table, people).items():
        data = source.select(list(parts.values())).rename_columns(list(parts))
        data = data.filter(data.column("text").is_valid()) if "text" in parts else data
        found: list[pa.Table] = []
        taken = seconds(lambda kind=kind, data=data, found=found: found.append(types[kind].parse_table(data)))
        name, speed = library.get(kind, ("", 0.0))
        own = data.num_rows / taken
        told = f"{speed:>12,.0f} {own:>12,.0f} {own / speed:>6.1f}" if speed else f"{'':>12} {own:>12,.0f} {'':>6}"
        counts = Counter(found[0].column("status").to_pylist())
        statuses = ", ".join(f"{status} {count / data.num_rows:.1%}" for status, count in counts.most_common())
        lines.append(f"{kind:<12} {name:<16} {told}  {statuses}")
    with tempfile.TemporaryDirectory(prefix="retrato-bench-") as folder:
        ten = stage_seconds(table, Path(folder))
        written = stage_seconds(people, Path(folder))
    lines += [
        "",
        f"phonenumbers alone, its column: {alone:.1f} s",
        f"stage normalise, ten columns: {ten:.1f} s ({ten / alone:.2f} of that)",
        f"stage normalise, names and addresses: {written:.1f} s ({written / alone:.2f} of that)",
    ]
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
