"""The batch end to end on generated customers: determinism, stable ids, decisions, modes, versions, fallback."""

from __future__ import annotations

import random
import re

import pandas as pd
import pyarrow as pa
import pytest

from retrato import ConfigurationError, DuckDBEngine, FellegiSunter, Resolution, Ruleset, Source, resolve
from retrato.datasets import omnichannel

PEOPLE = 700


@pytest.fixture(scope="module")
def customers() -> dict[str, pa.Table]:
    return dict(omnichannel(PEOPLE, seed=3, events=False).records)


def sources(tables: dict[str, pa.Table]) -> list[Source]:
    return [Source(name, table, region="ES") for name, table in tables.items()]


@pytest.fixture(scope="module")
def first(customers) -> Resolution:
    return resolve(sources(customers))


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    rows = list(range(table.num_rows))
    random.Random(seed).shuffle(rows)
    return table.take(rows)


def partition(resolution: Resolution) -> set[frozenset[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = {}
    for row in resolution.assignments.to_pylist():
        groups.setdefault(row["profile_id"], set()).add((row["source"], row["record_key"]))
    return {frozenset(each) for each in groups.values()}


def test_shuffled_rows_and_other_thread_counts_give_the_same_bytes(customers, first, tmp_path) -> None:
    first.save(tmp_path / "first")
    other = dict(reversed([(name, shuffled(table, 1)) for name, table in customers.items()]))
    resolve(sources(other), engine=DuckDBEngine(threads=1)).save(tmp_path / "second")
    for name in ("assignments", "profiles", "links", "values", "review", "households", "crosswalk", "timeline"):
        one, two = ((tmp_path / folder / f"{name}.parquet").read_bytes() for folder in ("first", "second"))
        assert one == two, name


def test_values_and_timelines_are_in_the_order_of_what_they_say(first) -> None:
    orders = {
        "values": ("profile_id", "attribute", "kind", "namespace", "rank", "source", "record_key", "version"),
        "timeline": ("profile_id", "time", "source", "event_key"),
    }
    for name, order in orders.items():
        rows = zip(*(first.tables[name].column(column).to_pylist() for column in order), strict=True)
        keys = [[(value is None, value) for value in row] for row in rows]
        assert keys == sorted(keys), name
        assert keys, name


def test_every_record_has_one_profile(customers, first) -> None:
    assert first.assignments.num_rows == sum(table.num_rows for table in customers.values())
    assert None not in first.assignments.column("profile_id").to_pylist()


def test_a_saved_result_reads_back(first, tmp_path) -> None:
    again = Resolution.load(first.save(tmp_path / "out"))
    assert again.tables == first.tables
    assert (again.model, again.ruleset, again.report) == (first.model, first.ruleset, first.report)


def test_a_model_used_again_gives_the_same_people(customers, first, tmp_path) -> None:
    first.model.save(tmp_path / "model.json")
    again = resolve(sources(customers), model=FellegiSunter.load(tmp_path / "model.json"))
    assert again.assignments == first.assignments


def test_ids_stay_when_records_come_change_and_go(customers, first) -> None:
    crm = customers["crm"]
    changed = crm.to_pylist()[5:]  # five records go
    changed[0]["email"], changed[1]["ciudad"] = "someone.new@example.net", "Lugo"  # two change
    changed.append({**changed[2], "id_cliente": "NEW-1", "email": None})  # one comes, of somebody known
    tables = {**customers, "crm": pa.Table.from_pylist(changed, schema=crm.schema)}
    second = resolve(sources(tables), previous=first)
    before = {(row["source"], row["record_key"]): row["profile_id"] for row in first.assignments.to_pylist()}
    after = {(row["source"], row["record_key"]): row["profile_id"] for row in second.assignments.to_pylist()}
    stayed = [key for key in before.keys() & after.keys() if before[key] == after[key]]
    assert len(stayed) > 0.97 * len(before)
    counted = sum(row["records"] for row in second.changes.to_pylist() if row["change"] != "redirected")
    assert counted == sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())
    for profile in set(before.values()) - set(after.values()):
        assert profile in second.tables["redirects"].column("old_id").to_pylist()


def test_a_second_run_without_changes_changes_nothing(customers, first) -> None:
    again = resolve(sources(customers), previous=first)
    assert again.changes.num_rows == 0
    assert again.assignments == first.assignments


def test_decisions_hold_against_the_model(customers, first) -> None:
    link = next(row for row in first.links.to_pylist() if row["weight_bits"] > 15)
    doubt = first.review.to_pylist()[0]
    rows = [
        {"source_a": link["source_a"], "key_a": link["key_a"], "source_b": link["source_b"], "key_b": link["key_b"],
         "decision": "different"},
        {"source_a": doubt["source_a"], "key_a": doubt["key_a"], "source_b": doubt["source_b"], "key_b": doubt["key_b"],
         "decision": "Same"},
    ]  # fmt: skip
    decided = resolve(sources(customers), decisions=pa.Table.from_pylist(rows))
    profile = {(row["source"], row["record_key"]): row["profile_id"] for row in decided.assignments.to_pylist()}
    assert profile[link["source_a"], link["key_a"]] != profile[link["source_b"], link["key_b"]]
    assert profile[doubt["source_a"], doubt["key_a"]] == profile[doubt["source_b"], doubt["key_b"]]


def test_wrong_decisions_are_all_told_at_once(customers) -> None:
    rows = [
        dict.fromkeys(("source_a", "key_a", "source_b", "key_b"), "x") | {"decision": word} for word in ("maybe", "")
    ]
    with pytest.raises(ConfigurationError, match="row 1"):
        resolve(sources(customers), decisions=pa.Table.from_pylist(rows))
    with pytest.raises(ConfigurationError) as error:
        resolve(sources(customers), decisions=pa.table({"source_a": ["x"]}))
    assert len(error.value.problems) == 4


def test_one_to_one_holds_each_source_once(customers) -> None:
    two = {name: customers[name] for name in ("crm", "web_form")}
    found = resolve(sources(two), ruleset=Ruleset.from_dict({"mode": "one_to_one"}))
    for members in partition(found):
        names = [source for source, _ in members]
        assert len(names) == len(set(names))
    assert any(len(members) == 2 for members in partition(found))


def test_linking_compares_only_across_sources(customers) -> None:
    two = {name: customers[name] for name in ("crm", "web_form")}
    found = resolve(sources(two), ruleset=Ruleset.from_dict({"mode": "link"}))
    assert found.links.num_rows > 0
    assert all(row["source_a"] != row["source_b"] for row in found.links.to_pylist())


def test_a_source_without_duplicates_keeps_its_records_apart(customers) -> None:
    chosen = [Source(name, table, region="ES", unique=name == "crm") for name, table in customers.items()]
    for members in partition(resolve(chosen)):
        assert sum(source == "crm" for source, _ in members) <= 1


def test_few_records_are_left_to_rules_and_said_so() -> None:
    people = pd.DataFrame(
        {
            "id": ["1", "2", "3"],
            "first name": ["Ana", "ana", "Ana"],
            "last name": ["Ruiz", "RUIZ", "Sanz"],
            "email": ["ana@ruiz.es", "ANA@RUIZ.ES", "ana@sanz.es"],
        }
    )
    found = resolve(Source("crm", people))
    assert found.model is None
    assert any("too few to learn from" in note for note in found.report["notes"])
    assert partition(found) == {frozenset({("crm", "1"), ("crm", "2")}), frozenset({("crm", "3")})}
    assert found.links.column("decided_by").to_pylist() == ["rule: email_and_name"]


def test_data_without_duplicates_get_no_model_of_one_person() -> None:
    data = omnichannel(4000, seed=11, events=False)
    person = {row["record_key"]: row["person_id"] for row in data.truth.to_pylist() if row["source"] == "crm"}
    crm = data.records["crm"].to_pandas()
    found = resolve(Source("crm", crm[~crm["id_cliente"].map(person).duplicated()], key="id_cliente", region="ES"))
    assert any("hold no duplicates" in note for note in found.report["notes"])
    assert found.links.num_rows < 0.01 * found.assignments.num_rows


def test_rows_with_one_key_are_versions_of_one_record() -> None:
    people = pd.DataFrame(
        {
            "id": ["1", "1", "2"],
            "name": ["Ana Ruiz", "Ana Ruiz", "Luis Vega"],
            "phone": ["600111222", "600333444", "600555666"],
            "updated at": ["2024-01-01", "2025-01-01", "2024-06-01"],
        }
    )
    found = resolve(Source("crm", people, key="id", region="ES"))
    assert found.assignments.num_rows == 2
    profile = found.profile(found.crosswalk.to_pylist()[0]["profile_id"])
    assert profile.golden("phone").value == "+34600333444"
    phones = [row for row in found.values.to_pylist() if row["attribute"] == "phone" and row["record_key"] == "1"]
    assert {(row["value"], row["version"]) for row in phones} == {("+34600333444", 0), ("+34600111222", 1)}


def test_records_without_a_key_get_one_from_their_content() -> None:
    people = pd.DataFrame({"name": ["Ana Ruiz", "Ana Ruiz", "Luis Vega"], "email": ["a@r.es", "a@r.es", "l@v.es"]})
    one, two = resolve(Source("crm", people)), resolve(Source("crm", people.iloc[::-1]))
    assert one.assignments == two.assignments
    assert one.assignments.num_rows == 3
    assert one.crosswalk.num_rows == 0
    assert any("without a key" in note for note in one.report["notes"])


def test_a_null_key_gets_a_generated_one_and_a_line_in_the_report() -> None:
    people = pd.DataFrame({"id": ["1", None], "name": ["Ana Ruiz", "Luis Vega"], "email": ["a@r.es", "l@v.es"]})
    found = resolve(Source("crm", people, key="id"))
    keys = found.assignments.column("record_key").to_pylist()
    assert "1" in keys
    assert sum(key.startswith("~") for key in keys) == 1
    assert "source crm: 1 records without a key got one from their content" in found.report["notes"]


def test_one_file_may_hold_several_channels() -> None:
    people = pd.DataFrame(
        {"channel": ["web", "shop"], "id": ["1", "1"], "name": ["Ana Ruiz", "Ana Ruiz"], "email": ["a@r.es", "a@r.es"]}
    )
    found = resolve(Source("all", people, key="id", source_column="channel"))
    assert found.assignments.column("source").to_pylist() == ["shop", "web"]


def test_reports_and_models_hold_no_personal_value(customers, first, tmp_path) -> None:
    folder = first.save(tmp_path / "out")
    text = "".join((folder / name).read_text("utf-8").lower() for name in ("run.json", "model.json"))
    for table in customers.values():
        for name in table.column_names:
            if name in ("email", "telefono", "movil", "documento", "wa_id", "email_address", "phone", "handle"):
                for value in table.column(name).to_pylist()[:50]:
                    assert not value or not re.search(rf"(?<![0-9.]){re.escape(value.lower())}", text)


def test_sources_need_names_of_their_own(customers) -> None:
    with pytest.raises(ConfigurationError, match="two sources have this name"):
        resolve([Source("crm", customers["crm"]), Source("crm", customers["crm"])])
    with pytest.raises(ConfigurationError, match="there are none"):
        resolve([])
