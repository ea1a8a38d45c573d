"""The commands that keep who is who in a database: `retrato store`."""

import json
import shutil
import sqlite3

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from retrato import IdentityStore, Record, Resolution, Source, resolve
from retrato.cli.store import COMMANDS, KEY_VARIABLE, SECRET_VARIABLE
from retrato.datasets import omnichannel

PEDRO = "crm:C0000003"
FATHER = "crm:C0000004"
NOBODY = "p0000000000000000"


@pytest.fixture(scope="module")
def halves():
    """The records of few customers, those that came first and those that came later."""
    return omnichannel(250, seed=3, events=False).batches(2)


@pytest.fixture(scope="module")
def folder(halves, tmp_path_factory):
    """The folder of a result of the first half; not to be changed."""
    sources = [Source(name, table, region="ES") for name, table in halves[0].records.items()]
    return resolve(sources).save(tmp_path_factory.mktemp("first") / "out")


@pytest.fixture(scope="module")
def loaded(folder, tmp_path_factory):
    """The file of a store with that result; not to be changed."""
    path = tmp_path_factory.mktemp("loaded") / "customers.db"
    with IdentityStore.open(f"sqlite:///{path}") as store:
        store.load(Resolution.load(folder))
    return path


@pytest.fixture
def place(loaded, tmp_path):
    """A store of one's own."""
    return shutil.copy(loaded, tmp_path / "customers.db")


@pytest.fixture
def store(cli, place):
    """Run a command about the store: `store("find", "Pedro")`."""
    return lambda command, *arguments: cli("store", command, place, *arguments)


@pytest.fixture
def crm(halves, tmp_path):
    """The later half of the CRM, as a file."""
    path = tmp_path / "later.csv"
    pa.csv.write_csv(halves[1].records["crm"], path)
    return path


def told(done):
    assert done.exit_code == 0, done.output
    return done.stdout


def document(done):
    return json.loads(told(done))


def refusal(done, code):
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    return done.stderr.removeprefix("retrato: ").rstrip("\n")


def profile_of(store, record):
    return document(store("show", record, "--json"))["profile_id"]


def test_a_result_makes_a_store_which_is_a_file_or_a_url(cli, folder, halves, tmp_path):
    path = tmp_path / "new.db"
    counts = document(cli("store", "load", path, folder, "--json"))
    assert counts["records"] == halves[0].truth.num_rows
    assert 0 < counts["profiles"] < counts["records"]
    assert told(cli("store", "verify", f"sqlite:///{path}")) == "all is well\n"
    said = refusal(cli("store", "load", path, folder), 1)
    assert said == "the store holds records already; put new ones in by ingest_many"


def test_counts_are_a_table_too(cli, folder, halves, tmp_path):
    lines = told(cli("store", "load", tmp_path / "new.db", folder)).splitlines()
    assert [line.split()[0] for line in lines] == ["records", "profiles"]
    assert lines[0].split()[1] == str(halves[0].truth.num_rows)


def test_without_a_result_no_store_is_made(cli, tmp_path):
    assert "is not a complete result" in refusal(cli("store", "load", tmp_path / "new.db", tmp_path), 2)
    assert list(tmp_path.iterdir()) == []


def test_rows_of_a_file_become_records(store, halves, crm):
    rows = halves[1].records["crm"].num_rows
    counts = document(store("ingest", "crm", crm, "--json"))
    assert (counts["rows"], counts["records"], counts["rejected rows"], counts["rows without a key"]) == (
        rows,
        rows,
        0,
        0,
    )
    assert counts["profiles created"] > 0
    assert counts["records that joined a profile"] > 0
    key = halves[1].records["crm"].column("id_cliente")[0].as_py()
    assert "crm" in told(store("show", f"crm:{key}", "--json"))
    again = document(store("ingest", "crm", crm, "--json"))
    assert (again["records"], again["profiles created"], again["records that joined a profile"]) == (rows, 0, 0)
    assert told(store("verify")) == "all is well\n"


def test_a_store_makes_of_files_what_it_makes_of_records(store, place, halves, crm):
    told(store("ingest", "crm", crm))
    other = place.with_name("other.db")
    shutil.copy(place, other)
    with IdentityStore.open(f"sqlite:///{other}") as held:
        table = held.assignments
        held.ingest_many([Record("crm", row["id_cliente"], row) for row in halves[1].records["crm"].to_pylist()])
        assert held.assignments == table


@pytest.mark.parametrize("ending", ["tsv", "jsonl", "parquet"])
def test_files_of_every_kind_are_read(store, halves, tmp_path, ending):
    table = halves[1].records["web_form"]
    path = tmp_path / f"web.{ending}"
    if ending == "parquet":
        pq.write_table(table, path)
    elif ending == "tsv":
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter="\t"))
    else:
        path.write_text("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()), encoding="utf-8")
    assert document(store("ingest", "web_form", path, "--json"))["records"] == table.num_rows


def test_rows_without_a_key_and_rows_that_cannot_be_read_are_counted(store, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("id_cliente,nombre\nX1,Ana\n,Luis\nX2,Eva,too,many\n", encoding="utf-8")
    lines = dict(line.rsplit(maxsplit=1) for line in told(store("ingest", "crm", path)).splitlines())
    assert {name.strip(): count for name, count in lines.items() if count != "0"} == {
        "rows": "2", "rejected rows": "1", "rows without a key": "1", "records": "1", "profiles created": "1",
    }  # fmt: skip


def test_what_comes_in_again_is_a_version(store, tmp_path):
    path = tmp_path / "moved.csv"
    path.write_text("id_cliente,email\nC0000003,pedro@nuevo.example\n", encoding="utf-8")
    owner = profile_of(store, PEDRO)
    counts = document(store("ingest", "crm", path, path, "--json"))
    assert (counts["rows"], counts["records"], counts["profiles created"]) == (2, 2, 0)
    assert "pedro@nuevo.example" in told(store("show", owner)) + told(store("show", PEDRO))


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        (
            "tills",
            "id,name\n1,Ana\n",
            "source tills: the store knows no such source; the sources are call_centre_contacts,",
        ),
        ("crm", "id,nombre\n1,Ana\n", 'has no column "id_cliente"'),
        ("crm", "id_cliente,shoe\n1,40\n", "source crm: shoe is neither a column nor a field"),
    ],
)
def test_rows_that_cannot_be_taken_are_refused(store, tmp_path, source, text, said):
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    assert said in refusal(store("ingest", source, tmp_path / "rows.csv"), 2)


def test_rows_of_a_source_without_keys_are_refused(cli, tmp_path):
    path = tmp_path / "guests.csv"
    path.write_text("name,phone\nAna Ruiz,600112233\nLuis Gil,600445566\n", encoding="utf-8")
    with IdentityStore.open(f"sqlite:///{tmp_path}/guests.db") as store:
        store.load(resolve(Source("guests", path, region="ES")))
    said = refusal(cli("store", "ingest", tmp_path / "guests.db", "guests", path), 2)
    assert said.startswith("source guests: has no column with the keys of its rows; ")


def test_a_file_that_is_not_there_is_told_before_anything_is_taken(store, crm, tmp_path):
    assert "there is no file" in refusal(store("ingest", "crm", crm, tmp_path / "no.csv"), 3)
    assert told(store("changes")) == "nothing has happened\n"


def test_whoever_was_forgotten_does_not_come_back(store, place, halves, tmp_path, monkeypatch):
    secret = "s" * 32
    with IdentityStore.open(f"sqlite:///{place}", secret=secret) as held:
        held.forget(held.profile_of("crm", "C0000003"))
    path = tmp_path / "crm.csv"
    pa.csv.write_csv(halves[0].records["crm"], path)
    assert "forgetting needs a secret" in refusal(store("ingest", "crm", path), 1)
    monkeypatch.setenv(SECRET_VARIABLE, secret)
    counts = document(store("ingest", "crm", path, "--json"))
    assert counts["records of forgotten people"] > 0
    assert counts["records"] + counts["records of forgotten people"] == counts["rows"]
    refusal(store("show", PEDRO), 2)


def test_a_store_is_encrypted_with_the_key_of_the_environment(cli, folder, tmp_path, monkeypatch):
    path = tmp_path / "encrypted.db"
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    told(cli("store", "load", path, folder))
    assert "Pedro Navarro" in told(cli("store", "find", path, "Pedro Nabarro"))
    assert b"navarro" not in path.read_bytes().lower()
    monkeypatch.delenv(KEY_VARIABLE)
    assert "the store is encrypted and needs its key" in refusal(cli("store", "find", path, "Pedro Nabarro"), 1)


@pytest.mark.parametrize("question", [("Pedro Nabarro",), ("--field", "name=Pedro Nabarro", "--field", "city=Madrid")])
def test_a_person_is_found_by_a_name_that_is_written_wrongly(store, question):
    found = document(store("find", *question, "--json"))["found"]
    assert profile_of(store, PEDRO) in [each["profile_id"] for each in found]
    assert all(each["reasons"] for each in found)


def test_the_list_has_a_line_a_profile(store):
    first, *lines = told(store("find", "Pedro Navarro", "--limit", "1")).splitlines()
    assert first.split()[:2] == ["profile", "name"]
    assert len(lines) == 1
    assert told(store("find", "nobody@example.org")) == "nobody fits\n"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ((), "either TEXT or --field"),
        (("Pedro", "--field", "city=Madrid"), "either TEXT or --field"),
        (("--field", "city"), "is no FIELD=TEXT"),
        (("--field", "shoe=40"), "shoe"),
    ],
)
def test_a_question_that_says_nothing_is_refused(store, question, said):
    assert said in refusal(store("find", *question), 2)


def test_a_portrait_is_that_of_a_profile_or_of_the_owner_of_a_record(store):
    text = told(store("show", PEDRO))
    assert text.startswith("Pedro Navarro")
    assert told(store("show", profile_of(store, PEDRO))) == text
    shown = document(store("show", PEDRO, "--json"))
    assert shown["golden"]["name"].startswith("Pedro Navarro")
    assert ("crm", "C0000003") in {(each["source"], each["record_key"]) for each in shown["values"]}


def test_decisions_join_and_part_and_are_taken_back(store):
    apart = {profile_of(store, PEDRO), profile_of(store, FATHER)}
    assert len(apart) == 2
    done = document(store("same", PEDRO, FATHER, "--author", "ana", "--reason", "rang up", "--json"))
    assert done["decision"] == 1
    assert done["profiles"][PEDRO] == done["profiles"][FATHER]
    assert told(store("different", PEDRO, FATHER, "--author", "eva")).startswith(f"decision 2: {PEDRO} is in p")
    assert profile_of(store, PEDRO) != profile_of(store, FATHER)  # who keeps apart is believed
    assert profile_of(store, PEDRO) in told(store("undo", "2", "--author", "eva"))
    assert profile_of(store, PEDRO) == profile_of(store, FATHER)
    assert document(store("undo", "1", "--author", "ana", "--json"))["changes"]
    assert profile_of(store, PEDRO) != profile_of(store, FATHER)


def test_records_are_split_off_and_a_value_is_pinned(store):
    whole = profile_of(store, PEDRO)
    done = document(store("split", PEDRO, "--author", "ana", "--json"))
    assert profile_of(store, PEDRO) == done["profile_id"]
    numbers = [str(each) for each in done["decisions"]]
    assert told(store("undo", *numbers, "--author", "ana"))
    assert profile_of(store, PEDRO) == whole
    portrait = document(store("show", whole, "--json"))
    names = {each["value"] for each in portrait["values"] if each["kind"] == "name"}
    other = min(names - {portrait["golden"]["name"]})
    assert told(store("pin", whole, "name", other, "--author", "ana")).endswith(f"the name of {whole} is fixed\n")
    assert document(store("show", PEDRO, "--json"))["golden"]["name"] == other
    assert told(store("decisions")).splitlines()[-1].split()[1:4] == ["pin", "name", "of"]
    assert "holds this value" in refusal(store("pin", whole, "name", "Xenia Quiroz", "--author", "ana"), 2)


def test_a_person_is_exported_shown_as_once_known_forgotten_and_readmitted(store, crm, monkeypatch):
    told(store("ingest", "crm", crm))
    monkeypatch.setenv(SECRET_VARIABLE, "0123456789abcdef")
    profile = profile_of(store, PEDRO)
    exported = document(store("export", PEDRO))
    assert (exported["profile_id"], exported["decisions"]) == (profile, [])
    assert {each["source"] for each in exported["records"]} >= {"crm"}
    assert document(store("show", profile, "--as-of", "2001-01-01", "--json"))["values"] == []
    assert "was known then" in refusal(store("show", profile, "--known-at", "2001-01-01"), 2)
    receipt = document(store("forget", PEDRO, "--json"))
    assert receipt["records"] == len(exported["records"])
    assert f"no profile {profile} (it was deleted)" in refusal(store("show", profile), 2)


def test_who_was_forgotten_returns_when_they_wish(store, crm, monkeypatch):
    monkeypatch.setenv(SECRET_VARIABLE, "0123456789abcdef")
    first = document(store("ingest", "crm", crm, "--json"))["records"]
    keys = [line.split(",")[0].strip('"') for line in crm.read_text("utf-8").splitlines()[1:]]
    assert "tombstones" in told(store("forget", f"crm:{keys[0]}"))
    assert document(store("ingest", "crm", crm, "--json"))["records"] < first
    again = document(store("ingest", "crm", crm, "--readmit", "--json"))
    assert (again["records"], again["records of forgotten people"]) == (first, 0)


def test_an_empty_store_is_made(cli, here):
    assert told(cli("store", "init", "new.db")) == "there is a store at new.db\n"
    assert told(cli("store", "init", "new.db")) == "there is a store at new.db\n"
    assert "no rules yet" in refusal(cli("store", "verify", "new.db"), 1)


def test_decisions_are_listed_with_what_was_taken_back(store):
    assert told(store("decisions")) == "nothing is decided\n"
    store("same", PEDRO, FATHER, "--author", "ana", "--reason", "rang up")
    store("undo", "1", "--author", "eva")
    (decision,) = document(store("decisions", "--json"))["decisions"]
    assert (decision["number"], decision["decision"], decision["undone_by"]) == (1, "same", "eva")
    line = told(store("decisions")).splitlines()[1].split()
    assert line[:8] == ["1", "same", PEDRO, "and", FATHER, "ana", "rang", "up"]


@pytest.mark.parametrize("number", ["1", "99"])
def test_a_decision_that_is_not_in_force_cannot_be_taken_back(store, number):
    store("same", PEDRO, FATHER, "--author", "ana")
    store("undo", "1", "--author", "ana")
    assert refusal(store("undo", number, "--author", "ana"), 2) == f"no decision {number} is in force"


def test_changes_go_on_after_a_cursor(store):
    store("same", PEDRO, FATHER, "--author", "ana")
    store("undo", "1", "--author", "ana")
    rows = [json.loads(line) for line in told(store("changes", "--json")).splitlines()]
    assert [each["cursor"] for each in rows] == sorted({each["cursor"] for each in rows})
    middle = rows[0]["cursor"]
    later = told(store("changes", "--since", middle, "--json", "--limit", "1")).splitlines()
    assert [json.loads(each) for each in later] == rows[1:2]
    header, *lines = told(store("changes")).splitlines()
    assert header.split() == ["cursor", "at", "what", "profile", "other", "profile", "records"]
    assert len(lines) == len(rows)
    assert told(store("changes", "--since", rows[-1]["cursor"])) == "nothing has happened\n"


def test_a_record_is_taken_away(store):
    owner = profile_of(store, PEDRO)
    assert owner in told(store("delete", PEDRO))
    assert "has no such record" in refusal(store("show", PEDRO), 2)
    assert document(store("delete", FATHER, "--json"))["changes"]
    assert document(store("verify", "--json")) == {"wrong": []}


def test_what_is_wrong_with_a_store_is_told(store, place):
    connection = sqlite3.connect(place)
    connection.execute("DELETE FROM retrato_links")
    connection.commit()
    connection.close()
    done = store("verify")
    assert done.exit_code == 1
    assert "pairs of records are linked that should not be" in done.stdout
    assert "all is well" not in done.stdout
    wrong = store("verify", "--json")
    assert (wrong.exit_code, json.loads(wrong.stdout)["wrong"]) == (1, done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "crm:none"), "has no such record"),
        (("show", "tills:1"), "has no such record"),
        (("show", NOBODY), f"no profile {NOBODY}"),
        (("delete", "crm:none"), "has no such record"),
        (("delete", "C0000003"), "C0000003 is no record; write one as SOURCE:KEY"),
        (("same", PEDRO, "crm:none", "--author", "ana"), "has no such record"),
        (("different", "crm", PEDRO, "--author", "ana"), "crm is no record; write one as SOURCE:KEY"),
    ],
)
def test_who_is_not_there_is_said(store, arguments, said):
    assert said in refusal(store(*arguments), 2)


#: What the commands need besides the store; `load` makes one.
NEEDED = {
    "ingest": ("crm", "crm.csv"),
    "find": ("Pedro",),
    "show": (PEDRO,),
    "same": (PEDRO, FATHER, "--author", "ana"),
    "different": (PEDRO, FATHER, "--author", "ana"),
    "split": (PEDRO, "--author", "ana"),
    "pin": (NOBODY, "name", "Pedro Navarro", "--author", "ana"),
    "undo": ("1", "--author", "ana"),
    "delete": (PEDRO,),
    "forget": (NOBODY,),
    "export": (NOBODY,),
}
ASKING = [each.__name__ for each in COMMANDS if each.__name__ not in ("init", "load")]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a file to read, as the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm.csv").write_text("id_cliente\n1\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("place", ["no.db", "sqlite:///no.db"])
@pytest.mark.parametrize("command", ASKING)
def test_asking_where_there_is_no_store_makes_none(cli, here, command, place):
    said = refusal(cli("store", command, place, *NEEDED.get(command, ())), 1)
    assert said == "there is no store no.db; make one of a result: retrato store load no.db OUT"
    assert [each.name for each in here.iterdir()] == ["crm.csv"]


@pytest.mark.parametrize("command", ASKING)
def test_what_is_no_address_of_a_store_is_refused(cli, here, command):
    more = NEEDED.get(command, ())
    assert refusal(cli("store", command, "mysql://ana@localhost/x", *more), 1) == (
        "a store is kept in sqlite or postgresql, not in mysql"
    )
    assert "file is not a database" in refusal(cli("store", command, "crm.csv", *more), 1)


def test_a_store_without_rules_says_so(cli, here):
    IdentityStore.open("sqlite:///empty.db").close()
    for command in ("find", "verify", "show", "same"):
        said = refusal(cli("store", command, "empty.db", *NEEDED.get(command, ())), 1)
        assert said == "the store has no rules yet: load a result of the batch first"
