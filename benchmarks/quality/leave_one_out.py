"""Whether a constant stands because of one set: each is halved and doubled, and chosen without the set it is judged by.

`make bench-leave-one-out` resolves every set with the defaults, and with one constant at a time at half and at double
its value. For each set, the configuration that is best on the mean of the *other* sets is the choice; how it does on
the set that was left out is in `results/leave_one_out.md` and `.json`, beside the defaults and what choosing for the
set itself would give.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench_sets import generated, public, versions
from public_sets import PUBLIC_SETS
from retrato import Ruleset
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.evaluation.truth import evaluate_tables
from retrato.pipeline import run_stages
from retrato.pipeline.run import Run
from retrato.records import by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from bench_sets import BenchSet

RESULTS = Path(__file__).parent / "results"
HALF, DOUBLE = 0.5, 2.0
#: The setting that says what is wanted, rather than how to get it.
WISH = "precision"
_ABOUT = """\
The default configuration without labels, and one constant at a time at half and at double its value. All figures are
pairwise F1.

## Chosen on the other sets

*The others' choice* is the configuration with the best mean F1 on the other sets; *its own choice* is what tuning to
the set itself would take."""
_WITHOUT_WISH = f"""\
The same with `{WISH}` left as it is, for it is a wish: how much a wrong link matters beside a missed one. F1 is one
answer of many."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant by its name in a module of retrato, or a setting of the ruleset where no module is named."""

    name: str
    module: str | None = None

    @property
    def default(self) -> Any:
        """Its value. Raises AttributeError when there is no such constant any more."""
        return getattr(Ruleset() if self.module is None else importlib.import_module(self.module), self.name)

    def times(self, factor: float) -> Any:
        """Its value so many times."""
        return times(self.default, factor)


CONSTANTS = (
    Constant(WISH),
    Constant("never_compared_bits"),
    Constant("max_block"),
    Constant("MOST_FOR_ALL", "retrato.matching.blocking"),
    Constant("FEWEST_LETTERS", "retrato.matching.accounts"),
    Constant("FEWEST_IN_FORM", "retrato.matching.accounts"),
    Constant("RARITY_EDGES", "retrato.matching.comparisons"),
    Constant("CONTACT_EDGES", "retrato.matching.comparisons"),
    Constant("MANY_RECORDS", "retrato.matching.comparisons"),
    Constant("ALIKE_AT_HOME", "retrato.matching.comparisons"),
    Constant("MOST_HOUSEHOLD", "retrato.matching.training"),
    Constant("ROUNDS", "retrato.matching.training"),
    Constant("MOST_BITS", "retrato.matching.model"),
    Constant("NEVER_COMPARED_INFORMATION", "retrato.graph.clustering"),
)


def times(value: Any, factor: float) -> Any:
    """A value so many times: whole numbers stay whole, of a wish for precision it is the odds.

    The first of several edges is what its level is named after (held by 2, two people), and stays.

    >>> times(5, 0.5), times((2, 8, 40), 2.0), round(times("balanced", 2.0), 3)
    (2, (2, 16, 80), 0.667)
    """
    if isinstance(value, str):
        chance = Ruleset(precision=value).threshold
        return factor * chance / (1 - chance + factor * chance)
    if isinstance(value, dict):
        return {key: times(each, factor) for key, each in value.items()}
    if isinstance(value, tuple):
        return (value[0], *(times(each, factor) for each in value[1:]))
    return max(1, round(value * factor)) if isinstance(value, int) else value * factor


@contextmanager
def changed(constant: Constant, value: Any) -> Iterator[Ruleset]:
    """The rules to run with while a constant has another value, in its own module and wherever it was imported.

    Raises ValueError when the value is what it was.
    """
    default = constant.default
    if value == default:
        raise ValueError(f"{constant.name} is {default} anyway")
    if constant.module is None:
        yield Ruleset(**{constant.name: value})
        return
    _exchange(constant.name, default, value)
    try:
        yield Ruleset()
    finally:  # a module that was imported meanwhile has the other value too
        _exchange(constant.name, value, default)


def _exchange(name: str, old: Any, new: Any) -> None:
    """`from module import NAME` copies: put the new value in every module that holds the old one under this name."""
    for key, module in list(sys.modules.items()):
        if key.startswith("retrato.") and vars(module).get(name) is old:
            setattr(module, name, new)


def profiles(each: BenchSet, ruleset: Ruleset) -> pa.Table:
    """The profile of every record: `source, record_key, profile_id`."""
    with DuckDBEngine() as engine:
        run = Run(engine, by_name(each.sources), ruleset)
        run_stages(run, until="identify")
        return engine.fetch(
            tree(
                "SELECT r.source, r.record_key, a.profile_id FROM assignments a "
                "JOIN records r ON r.record = a.record ORDER BY r.source, r.record_key"
            )
        )


def moved(before: pa.Table, after: pa.Table) -> int:
    """How many records are in a profile with other records than before; both tables in the same order.

    >>> import pyarrow as pa
    >>> moved(pa.table({"profile_id": ["p", "p", "q"]}), pa.table({"profile_id": ["p", "s", "r"]}))
    2
    """
    both = pd.DataFrame({"old": before["profile_id"].to_pandas(), "new": after["profile_id"].to_pandas()})
    together = both.groupby(["old", "new"])["old"].transform("size")
    same = (both.groupby("old")["old"].transform("size") == together) & (
        both.groupby("new")["new"].transform("size") == together
    )
    return int((~same).sum())


def measurements(sets: Sequence[BenchSet], constants: Iterable[Constant]) -> list[dict[str, Any]]:
    """One row a configuration, the defaults first: pairwise figures by set, and the records that are elsewhere now."""
    before = {each.name: profiles(each, Ruleset()) for each in sets}
    rows = [_row("default", None, None, {each.name: _figures(each, before[each.name], 0) for each in sets})]
    for constant in constants:
        for factor in (HALF, DOUBLE):
            value, figures = constant.times(factor), {}
            with changed(constant, value) as ruleset:
                for each in sets:
                    after = profiles(each, ruleset)
                    figures[each.name] = _figures(each, after, moved(before[each.name], after))
            rows.append(_row(constant.name, factor, value, figures))
    return rows


def _figures(each: BenchSet, assignments: pa.Table, elsewhere: int) -> dict[str, Any]:
    figures = evaluate_tables(assignments, each.truth).to_dict()
    return {**figures["pairwise"], "true_pairs": figures["true_pairs"], "moved": elsewhere}


def _row(name: str, factor: float | None, value: Any, sets: dict[str, Any]) -> dict[str, Any]:
    row = {"constant": name, "times": factor, "value": value, "sets": sets}
    print(label(row), *(f"{found['f1']:.4f}" for found in sets.values()), flush=True)
    return row


def label(row: dict[str, Any]) -> str:
    """The configuration in words."""
    return row["constant"] if row["times"] is None else f"{row['constant']} × {row['times']:g}"


def mean(row: dict[str, Any], sets: Iterable[str]) -> float:
    """The mean pairwise F1 on these sets."""
    return fmean(row["sets"][name]["f1"] for name in sets)


def best(rows: Iterable[dict[str, Any]], sets: Sequence[str]) -> dict[str, Any]:
    """The configuration with the best mean F1 on these sets; of equal ones the first, which is the default."""
    return max(rows, key=lambda row: mean(row, sets))


def others(names: Iterable[str], name: str) -> list[str]:
    """The names without this one."""
    return [each for each in names if each != name]


def page(rows: Sequence[dict[str, Any]], used: dict[str, str]) -> str:
    """All of it as Markdown."""
    lines = ["# Does a constant stand because of one set?", "", *_ABOUT.splitlines(), "", *_left_out(rows), ""]
    fixed = [row for row in rows if row["constant"] != WISH]
    if 1 < len(fixed) < len(rows):
        lines += [*_WITHOUT_WISH.splitlines(), "", *_left_out(fixed), ""]
    lines += ["## Each constant by itself", "", *_alone(rows), "", "## What each constant does", "", *_changes(rows)]
    lines += ["", f"Versions: {', '.join(f'{name} {number}' for name, number in used.items())}.", ""]
    return "\n".join(lines)


def _left_out(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = list(rows[0]["sets"])
    yield "| set left out | default | the others' choice | F1 with it | change | its own choice | F1 with it | change |"
    yield "|---|---:|---|---:|---:|---|---:|---:|"
    choices = [(best(rows, others(names, name)), best(rows, [name])) for name in names]
    for name, chosen in zip(names, choices, strict=True):
        default = mean(rows[0], [name])
        cells = [name, f"{default:.4f}"]
        for row in chosen:
            cells += [label(row), f"{mean(row, [name]):.4f}", _signed(mean(row, [name]) - default)]
        yield f"| {' | '.join(cells)} |"
    default = mean(rows[0], names)
    cells = ["mean", f"{default:.4f}"]
    for rows_chosen in zip(*choices, strict=True):
        reached = fmean(mean(row, [name]) for row, name in zip(rows_chosen, names, strict=True))
        cells += ["", f"{reached:.4f}", _signed(reached - default)]
    yield f"| {' | '.join(cells)} |"


def _alone(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = list(rows[0]["sets"])
    yield "Half, default or double: which has the best mean F1 on all sets, and which when one is left out, with what"
    yield "it gains over the default; *alike* where all three are. A default that is best on all sets, and not without"
    yield "one of them, rests on that one."
    yield ""
    yield f"| constant | all sets | {' | '.join(f'without {name}' for name in names)} | rests on |"
    yield "|---|---" + "|---" * len(names) + "|---|"
    for constant in dict.fromkeys(row["constant"] for row in rows[1:]):
        three = [rows[0], *(row for row in rows if row["constant"] == constant)]
        asked = [names, *(others(names, name) for name in names)]
        cells = [_choice(three, sets) for sets in asked]
        needed = [name for name, cell in zip(names, cells[1:], strict=True) if cell != "default"]
        cells.append(", ".join(needed) if cells[0] == "default" and needed else "–")
        yield f"| {constant} | {' | '.join(cells)} |"


def _choice(rows: Sequence[dict[str, Any]], sets: Sequence[str]) -> str:
    """Which of a constant's values is best on the sets; the first row is the default."""
    means = [mean(row, sets) for row in rows]
    if len(set(means)) == 1:
        return "alike"
    chosen = best(rows, sets)
    return "default" if chosen is rows[0] else f"× {chosen['times']:g}, {_signed(mean(chosen, sets) - means[0])}"


def _changes(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = list(rows[0]["sets"])
    yield "The change of F1 against the default; `=` where every record is in a profile with the same records as by"
    yield "default. *One pair* is what F1 loses with one pair more that is missed."
    yield ""
    yield f"| configuration | value | {' | '.join(names)} | mean |"
    yield "|---|---" + "|---:" * (len(names) + 1) + "|"
    default = rows[0]["sets"]
    scores, pairs = ([default[name][key] for name in names] for key in ("f1", "true_pairs"))
    yield f"| default | | {' | '.join(f'{each:.4f}' for each in scores)} | {fmean(scores):.4f} |"
    yield f"| *one pair* | | {' | '.join(f'{0.5 / each:.6f}' for each in pairs)} | |"
    moving = set()
    for row in rows[1:]:
        cells = [label(row), _short(row["value"])]
        for name, before in zip(names, scores, strict=True):
            after = row["sets"][name]
            cells.append(_signed(after["f1"] - before) if after["moved"] else "=")
            if after["moved"]:
                moving.add(row["constant"])
        yield f"| {' | '.join(cells)} | {_signed(mean(row, names) - fmean(scores))} |"
    still = [name for name in dict.fromkeys(row["constant"] for row in rows[1:]) if name not in moving]
    if still:
        yield ""
        yield f"No profile of any set is another with {', '.join(still)} at half or double."


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(each)}" for key, each in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(_short, value))
    return str(value) if isinstance(value, int) else f"{value:.3g}"


def _signed(change: float) -> str:
    """With five digits, for a single pair is less than 0.0001 in most sets."""
    return f"{change:+.5f}"


def main() -> None:
    """Measure every configuration and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", metavar="SET", help="only these, at least two; nothing is written")
    parser.add_argument("--constants", nargs="+", metavar="NAME", help="only these; nothing is written")
    asked = parser.parse_args()
    every = (*public(), generated(10_000))
    sets = [each for each in every if asked.sets is None or each.name in asked.sets]
    constants = [each for each in CONSTANTS if asked.constants is None or each.name in asked.constants]
    if len(sets) < 2 or len(sets) < len(asked.sets or ()) or len(constants) < len(asked.constants or ()):
        parser.error(
            f"the sets are {', '.join(each.name for each in every)}, of which there must be two; "
            f"the constants are {', '.join(each.name for each in CONSTANTS)}"
        )
    rows = measurements(sets, constants)
    used = versions()
    table = page(rows, used)
    print(table)
    if len(sets) > len(PUBLIC_SETS) and len(constants) == len(CONSTANTS):
        report = json.dumps({"versions": used, "configurations": rows}, indent=1, ensure_ascii=False)
        (RESULTS / "leave_one_out.json").write_text(report + "\n", "utf-8")
        (RESULTS / "leave_one_out.md").write_text(table, "utf-8")


if __name__ == "__main__":
    main()
