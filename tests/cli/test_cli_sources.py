"""How files and options become sources."""

from pathlib import Path

import pytest

from retrato.cli.sources import SourceOptions, check_files, source_names
from retrato.errors import SourceError, SourceNotFoundError
from retrato.records import Source, SourceKind


def sources(*files, configured=(), **options):
    asked = SourceOptions([Path(file) for file in files], **options)
    found = {source.name: source for source in asked.sources(configured)}
    return found, [str(problem) for problem in asked.problems]


def test_a_source_is_called_what_its_file_is_called():
    found, problems = sources("exports/crm.csv", "web.form.jsonl")
    assert list(found) == ["crm", "web.form"]
    assert problems == []


def test_files_of_one_name_are_told_apart_whatever_their_order():
    paths = [Path("2023/crm.csv"), Path("2024/crm.csv"), Path("crm.xlsx"), Path("web.csv")]
    names = source_names(paths)
    assert list(names.values()) == ["2023/crm.csv", "2024/crm.csv", "crm.xlsx", "web"]
    assert source_names(paths[::-1]) == names


def test_an_option_with_the_name_of_a_source_is_for_that_source_and_speaks_before_the_others():
    found, problems = sources(
        "crm.csv", "web.csv", keys=["id", "web.uid"], maps=["phone=tel", "web.phone=mobile", "email=mail"]
    )
    assert problems == []
    assert {name: source.key for name, source in found.items()} == {"crm": "id", "web": "uid"}
    assert found["crm"].mapping == {"phone": "tel", "email": "mail"}
    assert found["web"].mapping == {"phone": "mobile", "email": "mail"}


def test_the_first_component_is_a_source_only_if_there_is_one_of_that_name():
    found, _ = sources("crm.csv", maps=["handle.instagram=ig", "crm.handle.x=tw"])
    assert found["crm"].mapping == {"handle.instagram": "ig", "handle.x": "tw"}


def test_the_longest_name_of_a_source_counts():
    found, _ = sources("crm.csv", "crm.old.csv", maps=["crm.old.phone=a", "crm.phone=b"])
    assert found["crm.old"].mapping == {"phone": "a"}
    assert found["crm"].mapping == {"phone": "b"}


def test_several_columns_of_one_field_stay_in_order_and_a_column_may_hold_an_equals_sign():
    found, _ = sources("crm.csv", maps=["phone=tel", "phone=movil", "text.note=a=b"])
    assert found["crm"].mapping == {"phone": ("tel", "movil"), "text.note": "a=b"}


def test_a_file_may_be_among_the_files_and_the_events():
    found, problems = sources("crm.csv", "calls.csv", events=[Path("./calls.csv"), Path("till.csv")])
    assert problems == []
    assert {name: source.kind for name, source in found.items()} == {
        "crm": None,
        "calls": SourceKind.EVENTS,
        "till": SourceKind.EVENTS,
    }


def test_options_speak_before_the_configuration():
    configured = [
        Source("clients", Path("crm.csv"), key="no", region="PT", mapping={"phone": "tel", "email": "mail"}),
        Source("web", Path("old/web.csv"), unique=True),
    ]
    found, problems = sources(
        "crm.csv", "new/web.csv", configured=configured, maps=["clients.phone=mobile"], region="es"
    )
    assert problems == []
    assert found["clients"].mapping == {"phone": "mobile", "email": "mail"}
    assert (found["clients"].key, found["clients"].region) == ("no", "ES")
    assert (found["web"].data, found["web"].unique) == (Path("new/web.csv"), True)


def test_all_that_is_wrong_is_told_together():
    found, problems = sources("crm.csv", "./crm.csv", maps=["phone", "=x"], keys=["a", "b"], region="Spain")
    assert list(found) == ["crm"]
    assert len(problems) == 5
    assert all(
        any(problem.startswith(start) for problem in problems)
        for start in ("FILE crm.csv", "--map phone", "--map =x", "--key", "--region")
    )


def test_no_source_at_all_is_a_problem():
    assert sources()[1] == ["FILE: there is no source; name a file, or a [[source]] in --config"]


def test_every_file_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "empty.csv").touch()
    missing = [Source("a", tmp_path / "a.csv"), Source("b", tmp_path / "b.csv")]
    with pytest.raises(SourceNotFoundError, match=r"(?s)source a: .*source b: "):
        check_files(missing)
    with pytest.raises(SourceError, match=r"(?s)source a: .*source c: .* is empty") as caught:
        check_files([*missing, Source("c", tmp_path / "empty.csv")])
    assert not isinstance(caught.value, SourceNotFoundError)
