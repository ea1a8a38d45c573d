"""How fast an identity store takes records in and finds people: `make bench-store`.

Most generated records are resolved and loaded; the rest comes in one by one and in batches. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bench_sets import in_short, versions
from retrato import IdentityStore, Record, Source, resolve
from retrato.datasets import omnichannel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RESULTS = Path(__file__).with_name("results")
SIZES = (10_000, 100_000, 1_000_000)
LATER = 4_000
BATCH = 500
QUESTIONS = 1_000


def main() -> int:
    """Measure every size that is asked for, and write what is known of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", nargs="*", type=int, default=list(SIZES), help="how many contact records")
    parser.add_argument("--url", help="an empty database; a file of SQLite where nothing is said")
    asked = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / "store.json"
    report = json.loads(kept.read_text("utf-8")) if kept.is_file() else {"sizes": {}}
    report |= {"machine": {"system": platform.platform(), "cores": os.cpu_count()}, "versions": versions()}
    for records in asked.records:
        with tempfile.TemporaryDirectory(prefix="retrato-bench-") as folder:
            url = asked.url or f"sqlite:///{folder}/store.db"
            found = measured(records, url, Path(folder))
        report["sizes"][f"{records} {url.partition(':')[0]}"] = found
        kept.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        kept.with_suffix(".md").write_text(page(report), "utf-8")
    print(page(report))
    return 0


def measured(records: int, url: str, folder: Path) -> dict[str, Any]:
    """The figures of one store."""
    tables = dict(omnichannel(records, seed=5, events=False).records)
    drawn = random.Random(1)  # noqa: S311 - the same each time
    later: list[tuple[str, dict[str, Any]]] = []
    sources = []
    for name, table in tables.items():
        comes_later = [drawn.random() < LATER / records for _ in range(table.num_rows)]
        later += ((name, row) for row in table.filter(pa.array(comes_later)).to_pylist())
        sources.append(Source(name, table.filter(pa.array([not each for each in comes_later])), region="ES"))
    del tables
    result = resolve(sources, out=folder / "result")
    del sources
    with IdentityStore.open(url) as store:
        start = time.perf_counter()
        loaded = store.load(result)
        seconds = time.perf_counter() - start
        drawn.shuffle(later)
        readings = store.rules.readings
        rows = [
            Record(name, row[readings[name].key or readings[name].column("record_key")], row) for name, row in later
        ]
        single, batched = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        ones = timed(store.ingest, single)
        start = time.perf_counter()
        for place in range(0, len(batched), BATCH):
            store.ingest_many(batched[place : place + BATCH])
        batches = time.perf_counter() - start
        found = {
            "loaded": loaded,
            "load_seconds": round(seconds, 1),
            "one_by_one": quantiles(ones) | {"a_second": round(len(single) / sum(ones))},
            "batches": {"a_second": round(len(batched) / batches)},
            "find": {
                what: quantiles(timed(ask(store), questions)) for what, questions in asked_of(store, drawn).items()
            },
        }
    size = sum(each.stat().st_size for each in folder.glob("store.db*"))
    return found | ({"megabytes": round(size / 1e6)} if size else {})


def ask(store: IdentityStore) -> Callable[[dict[str, str]], object]:
    """Find by the fields of a question."""
    return lambda question: store.find(**question)


def asked_of(store: IdentityStore, drawn: random.Random) -> dict[str, list[dict[str, str]]]:
    """Questions about people of the store."""
    owners = store.assignments.column("profile_id").to_pylist()
    identifiers: list[dict[str, str]] = []
    names: list[dict[str, str]] = []
    for owner in drawn.sample(owners, min(QUESTIONS, len(owners))):
        profile = store.profile(owner)
        for kind in ("phone", "email"):
            identifiers += [{kind: each} for each in profile.contact_points.get(kind, ())[:1]]
        if profile.name and len(profile.name.split()) > 1:
            place = drawn.randrange(1, len(profile.name))
            names.append({"name": profile.name[:place] + drawn.choice("aeinrs") + profile.name[place + 1 :]})
    return {"identifier": identifiers[:QUESTIONS], "misspelt name": names[: QUESTIONS // 5]}


def timed(do: Callable[[Any], object], items: Iterable[Any]) -> list[float]:
    """The seconds that each takes."""
    seconds = []
    for each in items:
        start = time.perf_counter()
        do(each)
        seconds.append(time.perf_counter() - start)
    return seconds


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Milliseconds that half, nine in ten and ninety-nine in a hundred stay below."""
    order = sorted(seconds)
    return {f"p{share}": round(order[int(len(order) * share / 100)] * 1000, 2) for share in (50, 90, 99)}


def page(report: dict[str, Any]) -> str:
    """The figures as Markdown."""
    made_with = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        "# The identity store",
        "",
        f"`make bench-store`, {report['machine']['cores']} cores; {made_with}.",
        "",
        "| records | database | load, s | one record, ms (50, 90, 99 %) | one by one, a second "
        "| in batches of 500, a second | by identifier, ms | by misspelt name, ms | MB |",
        "|---:|---|---:|---|---:|---:|---|---|---:|",
    ]
    for name, each in sorted(report["sizes"].items(), key=lambda item: (item[0].split()[1], int(item[0].split()[0]))):
        records, database = name.split()
        timed_ones = (each["one_by_one"], *each["find"].values())
        one, *finds = (" / ".join(f"{some[share]:.1f}" for share in ("p50", "p90", "p99")) for some in timed_ones)
        rates = each["one_by_one"]["a_second"], each["batches"]["a_second"]
        cells = (in_short(int(records)), database, each["load_seconds"], one, *rates, *finds, each.get("megabytes", ""))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
