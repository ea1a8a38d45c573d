from __future__ import annotations

import collections
import itertools
import json
import re
import subprocess
import sys

import pyarrow.compute as pc
import pytest

from retrato.datasets import Omnichannel, omnichannel
from retrato.datasets.customers import EVENT_EXPORTS
from retrato.datasets.noise import PLACEHOLDER_EMAILS, PLACEHOLDER_PHONES
from retrato.errors import ConfigurationError, OutputError

PHONES = ("telefono", "movil", "phone", "wa_id", "numero_llamante", "sms_number")
EMAILS = ("email", "correo", "email_address")
DOCUMENTS = ("documento", "dni")


@pytest.fixture(scope="module")
def customers() -> Omnichannel:
    return omnichannel(3_000, seed=7)


def phone_tail(text: str) -> str:
    return re.sub(r"\D", "", text.removesuffix("@c.us").removesuffix(".0"))[-8:]


def strong_identifiers(customers: Omnichannel) -> dict[tuple[str, str], set[tuple[str, str]]]:
    fillers = {("phone", phone_tail(each)) for each in PLACEHOLDER_PHONES}
    fillers |= {("email", each) for each in PLACEHOLDER_EMAILS}
    found = {}
    for source, table in customers.records.items():
        for row in table.to_pylist():
            values = {("phone", phone_tail(row[name])) for name in PHONES if row.get(name)}
            values |= {("email", row[name].lower()) for name in EMAILS if row.get(name)}
            values |= {("document", re.sub(r"\W", "", row[name]).upper()) for name in DOCUMENTS if row.get(name)}
            found[source, row[table.column_names[0]]] = values - fillers
    return found


def records_by_person(customers: Omnichannel) -> dict[str, list[tuple[str, str]]]:
    people = collections.defaultdict(list)
    for row in customers.truth.to_pylist():
        people[row["person_id"]].append((row["source"], row["record_key"]))
    return people


def test_two_calls_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        omnichannel(400, seed=5).write(tmp_path / name)
    written = [sorted((tmp_path / name).rglob("*.*")) for name in ("one", "two")]
    assert [path.name for path in written[0]] == [path.name for path in written[1]]
    assert all(one.read_bytes() == two.read_bytes() for one, two in zip(*written, strict=True))


def test_another_seed_gives_other_people(customers):
    other = omnichannel(3_000, seed=8)
    assert not other.records["crm"].equals(customers.records["crm"])


@pytest.mark.parametrize("n", [200, 1_000, 5_000])
def test_there_are_as_many_records_and_events_as_asked_for(n):
    made = omnichannel(n, seed=3)
    records = sum(table.num_rows for table in made.records.values())
    events = sum(table.num_rows for table in made.events.values())
    assert abs(records - n) <= 0.05 * n
    assert abs(events - n * 10 / 3) <= 0.05 * n * 10 / 3


def test_without_events_only_those_of_the_story_are_made():
    made = omnichannel(400, seed=3, events=False)
    assert sum(table.num_rows for table in made.events.values()) < 60
    assert made.records["crm"].equals(omnichannel(400, seed=3).records["crm"])


def test_the_truth_covers_every_record_once_and_nothing_else(customers):
    held = [(source, key) for source, table in customers.records.items() for key in table.column(0).to_pylist()]
    told = list(zip(*(customers.truth.column(name).to_pylist() for name in ("source", "record_key")), strict=True))
    assert told == held
    assert len(set(told)) == len(told)
    assert customers.truth.column("person_id").null_count == 0
    assert customers.truth.column("household_id").null_count == 0


def test_event_keys_are_unique_and_told_in_the_truth(customers):
    for source, table in customers.events.items():
        keys = table.column(EVENT_EXPORTS[source][0][0])
        assert len(pc.unique(keys)) == table.num_rows
        told = customers.event_truth.filter(pc.equal(customers.event_truth["source"], source)).column("event_key")
        assert told.to_pylist() == keys.to_pylist()


def test_some_events_fit_nobody_and_the_others_a_person_with_a_record(customers):
    people = set(customers.truth["person_id"].to_pylist())
    acting = customers.event_truth["person_id"].to_pylist()
    assert 0.1 < acting.count(None) / len(acting) < 0.3
    assert {each for each in acting if each} <= people


def test_nobody_is_in_two_households(customers):
    pairs = set(zip(*(customers.truth[name].to_pylist() for name in ("person_id", "household_id")), strict=True))
    assert len(pairs) == len({person for person, _ in pairs})


def test_people_have_about_three_records_some_one_and_few_more_than_eight(customers):
    sizes = [len(records) for records in records_by_person(customers).values()]
    assert 2.5 <= sum(sizes) / len(sizes) <= 3.5
    assert 0.2 < sum(size == 1 for size in sizes) / len(sizes) < 0.4
    assert 0 < sum(size > 8 for size in sizes) / len(sizes) < 0.04


def test_a_third_of_the_pairs_of_one_person_share_no_strong_identifier(customers):
    values = strong_identifiers(customers)
    pairs = [pair for records in records_by_person(customers).values() for pair in itertools.combinations(records, 2)]
    apart = sum(not values[one] & values[other] for one, other in pairs) / len(pairs)
    assert 0.30 <= apart <= 0.42


def test_contact_points_are_shared_within_households_and_by_strangers(customers):
    home = dict(zip(*(customers.truth[name].to_pylist() for name in ("person_id", "household_id")), strict=True))
    owner = {record: person for person, records in records_by_person(customers).items() for record in records}
    users = collections.defaultdict(set)
    for record, values in strong_identifiers(customers).items():
        for value in values:
            users[value].add(owner[record])
    shared = [people for people in users.values() if len(people) > 1]
    families = sum(len({home[person] for person in people}) == 1 for people in shared)
    assert families > 20
    assert len(shared) - families > 5


def test_customer_numbers_of_events_are_those_of_records(customers):
    links = (
        ("crm_activities", "id_cliente", "crm"),
        ("web_app_events", "id_cliente", "crm"),
        ("call_centre", "ficha", "call_centre_contacts"),
        ("shop_till", "numero_tarjeta", "shop_cards"),
        ("newsletter_events", "subscriber_id", "newsletter"),
    )
    for events, column, records in links:
        used = set(customers.events[events].column(column).drop_null().to_pylist())
        assert used
        assert used <= set(customers.records[records].column(column).to_pylist())


def test_files_are_written_in_the_way_of_their_channels(customers, tmp_path):
    paths = {path.name: path for path in customers.write(tmp_path)}
    assert set(paths) == {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert "Ñ" in paths["crm.csv"].read_text("cp1252").upper()
    with pytest.raises(UnicodeDecodeError):
        paths["crm.csv"].read_text("utf-8")
    first = json.loads(paths["web_form.jsonl"].read_text("utf-8").splitlines()[0])
    assert list(first) == customers.records["web_form"].column_names
    assert len((tmp_path / "truth" / "records.csv").read_text().splitlines()) == 3_001
    assert (tmp_path / "truth" / "events.csv").is_file()


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="cannot write the exports"):
        omnichannel(200, seed=1, events=False).write(tmp_path / "taken")


def test_all_wrong_options_are_told_together():
    with pytest.raises(ConfigurationError) as caught:
        omnichannel(10, seed=-1)
    assert len(caught.value.problems) == 2


def test_importing_the_package_loads_neither_numpy_nor_arrow():
    code = "import sys, retrato.datasets; print([m for m in ('numpy', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
