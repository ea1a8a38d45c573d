"""Truth files as users have them, and the join with a result."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrato.errors import ConfigurationError, ResultError, SourceError, SourceNotFoundError
from retrato.evaluation import evaluate_folder, read_truth


@pytest.fixture
def result(tmp_path):
    """A result of five records of two sources, in three profiles."""
    folder = tmp_path / "out"
    folder.mkdir()
    rows = [("crm", "1", "p"), ("crm", "2", "p"), ("web", "1", "p"), ("web", "2", "q"), ("web", "3", "r")]
    columns = [list(column) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=["source", "record_key", "profile_id"]), folder / "assignments.parquet")
    return folder


@pytest.fixture
def write(tmp_path):
    def file(text, name="truth.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return file


@pytest.mark.parametrize(
    "text",
    [
        "source,record_key,person_id\ncrm,1,ana\ncrm,2,ana\n",
        "source;id;truth\ncrm;1;ana\ncrm;2;ana\n",
        "Fuente\tClave\tPersona\ncrm\t1\tana\ncrm\t2\tana\n",
        "\ufeffentity|unique_id|dataset|notes\nana|1|crm|\nana|2|crm|x\n",
        'source,record_key,cluster\r\n"crm","1","ana"\r\ncrm,2,ana\r\ncrm,2,ana\r\ncrm,3,\r\n',
    ],
    ids=["plain", "semicolon", "spanish", "mark-and-bar", "quoted-repeated-and-empty"],
)
def test_truth_files_as_people_write_them(write, text):
    assert read_truth(write(text)).to_pylist() == [
        {"source": "crm", "record_key": "1", "person_id": "ana"},
        {"source": "crm", "record_key": "2", "person_id": "ana"},
    ]


def test_keys_keep_their_zeros_in_csv_and_numbers_become_text_in_parquet(write, tmp_path):
    assert read_truth(write("id,cluster\n007,01\n")).to_pylist()[0]["record_key"] == "007"
    pq.write_table(pa.table({"id": [7, 8], "cluster": [1, 1]}), tmp_path / "truth.parquet")
    assert read_truth(tmp_path / "truth.parquet").column("record_key").to_pylist() == ["7", "8"]


def test_a_result_is_held_against_the_truth_and_the_rest_is_named(result, write):
    truth = write("source,record_key,person_id\ncrm,1,a\ncrm,2,a\nweb,1,b\nweb,2,b\nweb,9,c\n")
    figures = evaluate_folder(result, truth)
    assert (figures.records, figures.clusters, figures.true_clusters) == (4, 2, 2)
    assert (figures.pairs, figures.true_pairs, figures.shared_pairs) == (3, 2, 1)
    assert (figures.coverage.without_truth, figures.coverage.examples_without_truth) == (1, (("web", "3"),))
    assert (figures.coverage.without_result, figures.coverage.examples_without_result) == (1, (("web", "9"),))


def test_a_truth_without_sources_serves_one_source_only(result, write, tmp_path):
    truth = write("record_key,person_id\n1,a\n2,a\n")
    with pytest.raises(ConfigurationError, match=r"no source column, and the result has 2 sources; add .* crm, web"):
        evaluate_folder(result, truth)
    single = tmp_path / "single"
    single.mkdir()
    pq.write_table(
        pq.read_table(result / "assignments.parquet").filter(pa.compute.field("source") == "crm"),
        single / "assignments.parquet",
    )
    assert evaluate_folder(single, truth).pairwise.f1 == 1.0


def test_a_truth_with_traps_gives_figures_for_each(result, write):
    text = "source,record_key,person_id,trap\ncrm,1,a,twin\ncrm,2,b,twin+nickname\nweb,1,a,\nweb,2,a,none\n"
    assert read_truth(write(text))["trap"].to_pylist() == ["twin", "twin+nickname", "none", "none"]
    figures = evaluate_folder(result, write(text)).by_trap
    assert {name: each.false for name, each in figures.items()} == {"twin": 2, "nickname": 2, "none": 1}
    assert figures["none"].missed == 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("source,record_key,person_id\nshop,1,a\n", "the result has the sources crm, web; the truth names shop"),
        ("source,record_key,person_id\ncrm,77,a\n", "the record keys are not"),
    ],
)
def test_no_record_in_common_is_an_error_that_says_why(result, write, text, hint):
    with pytest.raises(ConfigurationError, match=hint):
        evaluate_folder(result, write(text))


def test_missing_columns_are_all_reported(write):
    with pytest.raises(ConfigurationError) as caught:
        read_truth(write("source,phone\ncrm,600112233\n"))
    assert [problem.what for problem in caught.value.problems] == [
        "no column for the record key",
        "no column for the person",
    ]


def test_truth_files_that_cannot_be_read(write, tmp_path):
    with pytest.raises(SourceNotFoundError, match="no such file"):
        read_truth(tmp_path / "nothing.csv")
    bad = {
        "more than one person": write("id,cluster\n1,a\n1,b\n"),
        "not UTF-8": write("id,clúster\n1,a\n", "latin.csv", "latin-1"),
        "as CSV": write("id,cluster\n1,a,secret,secret\n", "ragged.csv"),
        "not a Parquet file": write("id,cluster\n", "text.parquet"),
    }
    for message, path in bad.items():
        with pytest.raises(SourceError, match=message) as caught:
            read_truth(path)
        assert "secret" not in str(caught.value)
    with pytest.raises(SourceError, match="as CSV"):
        read_truth(write("", "empty.csv"))


def test_folders_that_hold_no_result(tmp_path, write):
    truth = write("id,cluster\n1,a\n")
    with pytest.raises(ResultError, match="no result folder"):
        evaluate_folder(tmp_path, truth)
    (tmp_path / "assignments.parquet").write_bytes(b"junk")
    with pytest.raises(ResultError, match="not an assignments file"):
        evaluate_folder(tmp_path, truth)
