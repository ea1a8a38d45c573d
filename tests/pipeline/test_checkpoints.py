"""A run that is interrupted goes on where it stopped, and gives what it would have given."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import interruptible
from retrato import DuckDBEngine, Resolution, Ruleset, Source, pipeline, resolve
from retrato.datasets import omnichannel
from retrato.pipeline import STAGES
from retrato.pipeline.checkpoints import fingerprint
from retrato.pipeline.run import Run
from retrato.records import Query

NAMES = [stage.name for stage in STAGES]
#: Stages after which most of what a run knows is there for the first time; the others are tried among the slow tests.
USUAL = ("features", "cluster", "portray")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Exports with events, and what they give."""
    made = tmp_path_factory.mktemp("exports")
    files = omnichannel(250, seed=5).write(made)
    resolve(sources(files)).save(made / "result")
    return made


def sources(files) -> list[Source]:
    return [Source(file.stem, file, region="ES") for file in sorted(files)]


def exports(folder) -> list[Source]:
    return sources([*folder.glob("*.csv"), *folder.glob("*.jsonl")])


def stopped_at_the_end_of(name: str, did: list[str]):
    """The stages, each of which says that it ran; one is interrupted when it has done all its work."""

    def watched(stage):
        def run(run):
            stage.run(run)
            did.append(stage.name)
            if stage.name == name:
                raise KeyboardInterrupt

        return replace(stage, run=run)

    return tuple(map(watched, STAGES))


@pytest.mark.parametrize(
    "name",
    [each if each in USUAL else pytest.param(each, marks=pytest.mark.slow) for each in NAMES[1:]],
)
def test_an_interrupted_run_goes_on_after_the_last_finished_stage(name, folder, tmp_path, monkeypatch) -> None:
    out, did = tmp_path / "out", []
    monkeypatch.setattr(pipeline, "STAGES", stopped_at_the_end_of(name, did))
    with pytest.raises(KeyboardInterrupt):
        resolve(exports(folder), out=out)
    assert [each.name for each in tmp_path.iterdir()] == ["out.partial"]
    assert {each.name for each in (tmp_path / "out.partial").rglob("*")} <= {"work", "doing", "run.duckdb"}
    assert (tmp_path / "out.partial").stat().st_mode & 0o077 == 0
    finished, again = NAMES.index(name), []
    monkeypatch.setattr(pipeline, "STAGES", stopped_at_the_end_of("", again))
    resolution = resolve(exports(folder), out=out)
    assert again == NAMES[finished:]
    assert resolution.report["resumed_after"] == NAMES[finished - 1]
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    whole = Resolution.load(folder / "result")
    assert resolution.model == whole.model
    assert resolution.ruleset == whole.ruleset
    assert {**resolution.report, "stages": 0, "resumed_after": 0} == {**whole.report, "stages": 0, "resumed_after": 0}
    assert [each["stage"] for each in resolution.report["stages"]] == [*NAMES, "write"]
    for table in whole.tables:
        assert resolution.tables[table].equals(whole.tables[table]), table


def test_an_interrupt_before_any_stage_is_finished_leaves_nothing(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pipeline, "STAGES", stopped_at_the_end_of("read", []))
    with pytest.raises(KeyboardInterrupt):
        resolve(exports(folder), out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["content", "rules", "sources"])
def test_a_run_of_something_else_begins_anew(change, folder, tmp_path, monkeypatch) -> None:
    given, did = exports(folder), []
    copy = tmp_path / "crm.csv"
    copy.write_bytes((folder / "crm.csv").read_bytes())
    given[0] = replace(given[0], name="a_crm", data=copy)
    monkeypatch.setattr(pipeline, "STAGES", stopped_at_the_end_of("block", did))
    with pytest.raises(KeyboardInterrupt):
        resolve(given, out=tmp_path / "out")
    rules = Ruleset()
    if change == "content":
        copy.write_bytes(copy.read_bytes() + b"\n")
    elif change == "rules":
        rules = Ruleset(max_block=20)
    else:
        given = given[:-1]
    did.clear()
    monkeypatch.setattr(pipeline, "STAGES", stopped_at_the_end_of("features", did))
    with pytest.raises(KeyboardInterrupt):
        resolve(given, ruleset=rules, out=tmp_path / "out")
    assert did == ["read", "normalise", "features"]


def test_what_nobody_can_compare_keeps_nothing(folder, tmp_path) -> None:
    plain = Run(DuckDBEngine(), tuple(exports(folder)), Ruleset())
    assert fingerprint(plain) == fingerprint(replace(plain, engine=DuckDBEngine(threads=1)))
    table = replace(plain, sources=(Source("crm", {"id": ["1"]}),))
    asked = replace(plain, sources=(Source("crm", Query("SELECT 1", None)),))
    assert fingerprint(table) is None
    assert fingerprint(asked) is None


def test_a_killed_run_goes_on(folder, tmp_path) -> None:
    out = tmp_path / "out"
    files = [str(each.data) for each in exports(folder)]
    options = ["resolve", *files, "--region", "ES", "--out", str(out), "--json"]
    command = subprocess.Popen([sys.executable, interruptible.__file__, *options])
    state = tmp_path / "out.partial" / "work" / "run.duckdb"
    while not (state.exists() and state.stat().st_size > 1_000_000):
        assert command.poll() is None, "the run was over before it could be killed"
        time.sleep(0.05)
    command.send_signal(signal.SIGKILL)
    command.wait()
    done = subprocess.run(
        [sys.executable, interruptible.__file__, *options], capture_output=True, env=dict(os.environ), check=True
    )
    assert json.loads(done.stdout)["run"]["resumed_after"] in NAMES
    whole = Resolution.load(folder / "result")
    resolution = Resolution.load(out)
    for table in whole.tables:
        assert resolution.tables[table].equals(whole.tables[table]), table
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
