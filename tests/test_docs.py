"""The documentation is true: its Python runs, its commands exit with 0, its links lead somewhere.

The Python blocks of a page share a namespace; its Python and console blocks run in one temporary folder, in order.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrato.identifiers.registry import FIELDS
from retrato.pipeline import STAGES
from retrato.profiles.survivorship import DEFAULTS
from retrato.records import EVENT_FIELDS, RECORD_FIELDS, Source
from retrato.resolution import resolve
from retrato.ruleset import Ruleset

ROOT = Path(__file__).parent.parent
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")})
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
RETRATO = Path(sys.executable).with_name("retrato")


def blocks(page):
    text = page.read_text(encoding="utf-8")
    return [(found[1], found[2], text.count("\n", 0, found.start()) + 2) for found in BLOCK.finditer(text)]


def anchors(page):
    """The anchors that GitHub makes of headings: lower case, punctuation dropped, blanks to hyphens."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named(page):
    return str(page.relative_to(ROOT))


def run_console(text, where):
    for line in text.splitlines():
        if line.startswith("$ "):
            program, *arguments = shlex.split(line.removeprefix("$ "))
            assert program == "retrato", f"{where}: only retrato commands are run, not {program}"
            done = subprocess.run([RETRATO, *arguments], capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{where}: {line}\n{done.stdout}{done.stderr}"


def marked(page):
    """A page as a parameter; with the mark of what its examples need."""
    needs = any(re.search(r"^import recordlinkage$", text, re.MULTILINE) for _, text, _ in blocks(page))
    return pytest.param(page, marks=[pytest.mark.recordlinkage] if needs else [])


@pytest.mark.parametrize("page", [marked(page) for page in PAGES if blocks(page)], ids=named)
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "page"}
    for language, text, line in blocks(page):
        where = f"{named(page)}:{line}"
        if language == "console":
            run_console(text, where)
        else:
            program = "\n" * (line - 1) + text  # so that a traceback shows the line of the page
            exec(compile(program, str(page), "exec"), namespace)  # noqa: S102


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_links_of_a_page_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        linked = Path(os.path.normpath(page.parent / path)) if path else page
        assert linked.exists(), f"{named(page)}: no {target}"
        if anchor:
            assert anchor in anchors(linked), f"{named(page)}: no heading for {target}"


def test_every_page_of_the_documentation_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = (target.partition("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8")))
        linked = {Path(os.path.normpath(page.parent / link)) for link in links if link.endswith(".md")}
        waiting += sorted(each for each in linked - reached if each.exists())
    assert {named(page) for page in PAGES} - {named(page) for page in reached} == set()


def test_the_vocabulary_page_has_every_field():
    text = (ROOT / "docs/reference/mapping.md").read_text(encoding="utf-8")
    described = {
        name
        for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
        for name in re.findall(r"`([\w]+)(?:\.NAME)?`", row)
    }
    assert described - {"es_dni"} == {*FIELDS, *RECORD_FIELDS, *EVENT_FIELDS}


def test_the_ruleset_page_says_what_the_defaults_are():
    text = (ROOT / "docs/reference/ruleset.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`|\w+) \|", text.split("## ")[0], re.MULTILINE)
    defaults = Ruleset().to_dict()
    assert [name for name, _ in described] == [field.name for field in fields(Ruleset)]
    assert {name: value.strip('"') for name, value in described if value} == {
        name: str(value) for name, value in defaults.items() if not isinstance(value, tuple | dict)
    }
    for rule in DEFAULTS:
        row = next(
            line for line in text.splitlines() if line.startswith("| `") and f"`{rule.attribute}`" in line.split("|")[1]
        )
        assert re.findall(r"`(\w+)`", row.split("|")[2]) == [each.value for each in rule.strategy]


@pytest.mark.parametrize("page", [page for page in PAGES if "```toml" in page.read_text(encoding="utf-8")], ids=named)
def test_the_rulesets_of_a_page_can_be_loaded(page, tmp_path):
    for text in re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
        Ruleset.load(tmp_path / "rules.toml")


def test_the_architecture_names_every_module_and_every_stage():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    listed, path = set(), []
    for indent, name in re.findall(
        r"^((?:  )+)([\w.]+(?:\.py|/))", text.split("src/retrato/\n")[1].split("```")[0], re.MULTILINE
    ):
        path = [*path[: len(indent) // 2 - 1], name]
        listed |= {"".join(path)} if name.endswith(".py") else set()
    package = ROOT / "src/retrato"
    modules = {str(each.relative_to(package)) for each in package.rglob("*.py")}
    assert listed == {each for each in modules if not each.endswith("/__init__.py")}
    stages = [
        (name, tuple(re.findall(r"`(.*?)`", makes)))
        for name, makes in re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE)
    ]
    assert stages == [(stage.name, stage.makes) for stage in STAGES]


def test_the_files_page_has_every_file_and_every_column(tmp_path):
    people = pa.table({"id": ["1", "2"], "email": ["ana@ruiz.es", "ANA@ruiz.es"], "first name": ["Ana", "Ana"]})
    folder = resolve(Source("crm", people, key="id")).save(tmp_path / "out")
    text = (ROOT / "docs/reference/files.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    described = {name for heading in sections for name in heading.split(", ")}
    assert {path.name for path in folder.iterdir()} <= described
    for heading, body in sections.items():
        rows = re.findall(r"^\| (`.*?`) \|", body.split("| change |")[0], re.MULTILINE)
        if rows:
            written = pq.read_schema(folder / heading.split(", ")[0]).names
            assert re.findall(r"`(.*?)`", " ".join(rows)) == written, heading


@pytest.mark.parametrize("script", sorted(ROOT.glob("examples/*.py")), ids=named)
def test_the_examples_run(script, tmp_path):
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
