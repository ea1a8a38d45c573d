"""Labels end to end: they wreck nothing, whatever share of them is wrong, and what is wrong with them is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from retrato import ConfigurationError, Resolution, Ruleset, Source, resolve
from retrato.datasets import omnichannel
from retrato.evaluation.truth import evaluate_tables
from retrato.matching.blocking import BlockingRule
from retrato.matching.calibration import LEAST_LABELS

PAIR = ["source_a", "key_a", "source_b", "key_b"]
#: By so much F1 may fall with labels of which a fifth is wrong, and so much is chance with right ones.
MOST_LOST, CHANCE = 0.01, 0.005


class Customers:
    """Generated customers, their result without labels, and labels with the truth of it."""

    def __init__(self, tables: dict[str, pa.Table], truth: pa.Table) -> None:
        self.sources = [Source(name, table, region="ES") for name, table in tables.items()]
        self.truth = truth
        self.plain = resolve(self.sources)

    def known(self, wrong: float = 0.0) -> pd.DataFrame:
        """Every record of 300 people, this share of them with the id of somebody else."""
        generator = np.random.default_rng(0)
        truth = self.truth.to_pandas()[["source", "record_key", "person_id"]]
        found = truth[truth["person_id"].isin(sorted(set(truth["person_id"]))[:300])].reset_index(drop=True)
        other = generator.random(len(found)) < wrong
        found.loc[other, "person_id"] = generator.permutation(found["person_id"])[: other.sum()]
        return found

    def f1(self, resolution: Resolution) -> float:
        return evaluate_tables(resolution.assignments, self.truth).pairwise.f1


@pytest.fixture(scope="module")
def customers() -> Customers:
    made = omnichannel(2000, seed=5, events=False)
    chosen = ("crm", "shop_cards", "web_form")
    truth = made.truth.filter(pc.is_in(made.truth.column("source"), pa.array(chosen)))
    return Customers({name: made.records[name] for name in chosen}, truth)


@pytest.fixture(scope="module")
def labelled(customers) -> Resolution:
    return resolve(customers.sources, labels=customers.known())


def test_right_labels_wreck_nothing(customers, labelled) -> None:
    assert customers.f1(labelled) >= customers.f1(customers.plain) - CHANCE


@pytest.mark.parametrize("wrong", [0.2, 1.0])
def test_wrong_labels_wreck_nothing(customers, wrong) -> None:
    resolution = resolve(customers.sources, labels=customers.known(wrong=wrong))
    assert customers.f1(resolution) >= customers.f1(customers.plain) - MOST_LOST


def test_the_report_says_how_far_the_labels_were_believed(labelled) -> None:
    counts = labelled.report["counts"]["labels"]
    assert counts["same"] - counts["same_never_compared"] >= LEAST_LABELS
    compared = counts["same"] + counts["different"] - counts["same_never_compared"] - counts["different_never_compared"]
    assert labelled.model.calibration.labels == compared
    assert max(labelled.model.notes["wrong_labels"].values()) < 0.1


def test_the_order_of_labels_and_their_file_do_not_matter(customers, labelled, tmp_path) -> None:
    file = tmp_path / "labels.csv"
    customers.known().iloc[::-1].to_csv(file, index=False)
    again = resolve(customers.sources, labels=file)
    assert again.model == labelled.model
    assert again.assignments == labelled.assignments


def test_an_explanation_adds_up(labelled) -> None:
    row = labelled.links.to_pylist()[0]
    told = labelled.explain((row["source_a"], row["key_a"]), (row["source_b"], row["key_b"]))
    parts = [told.prior_bits, told.household_bits, told.calibration_bits, *(each.bits for each in told.evidence)]
    assert sum(parts) == pytest.approx(told.weight_bits, abs=1e-3)
    assert told.weight_bits == pytest.approx(row["weight_bits"], abs=1e-3)
    assert "how sure the model may be" in str(told)


def test_a_model_that_is_given_is_calibrated_and_not_fitted(customers) -> None:
    resolution = resolve(customers.sources, model=customers.plain.model, labels=customers.known())
    assert resolution.model.features == customers.plain.model.features
    assert resolution.model.calibration is not None


NAMES = ("Ana", "Luis", "Marta", "Pedro", "Julia", "Carlos")


@pytest.fixture(scope="module")
def crm() -> Source:
    """Sixty rows, every one twice."""
    rows = [(str(number), NAMES[number % 30 % 6], f"c{number % 30}@example.org") for number in range(60)]
    return Source("crm", pd.DataFrame(rows, columns=["id", "first_name", "email"]), key="id")


def pairs(*rows: tuple[int | str, int | str, str]) -> pd.DataFrame:
    return pd.DataFrame([("crm", str(a), "crm", str(b), label) for a, b, label in rows], columns=[*PAIR, "label"])


def test_what_is_wrong_with_the_labels_is_counted(crm) -> None:
    labels = pairs(
        (0, 30, "same"),
        (30, 0, "Same"),  # again
        (0, "nobody", "same"),  # unknown
        (1, 1, "same"),  # one record twice
        (2, 32, "same"),
        (32, 2, "different"),  # contradicts the one before
        (3, 33, ""),  # says nothing
        (4, 35, "same"),  # never compared
    )
    report = resolve(crm, ruleset=Ruleset(blocking=(BlockingRule(("email",)),)), labels=labels).report
    assert report["counts"]["labels"] == {
        **{"rows": 7, "unknown": 1, "own": 1, "contradictory": 1, "broken_chains": 0},
        **{"same": 2, "different": 0, "same_never_compared": 1, "different_never_compared": 0},
    }
    assert sum(note.startswith("labels: ") for note in report["notes"]) >= 4


def test_a_chain_that_a_label_breaks_is_counted(crm) -> None:
    chain = pairs((0, 30, "same"), (30, 6, "same"), (0, 6, "different"))
    assert resolve(crm, labels=chain).report["counts"]["labels"]["broken_chains"] == 1


def test_all_problems_of_the_columns_are_told_together(customers) -> None:
    with pytest.raises(ConfigurationError) as told:
        resolve(customers.sources, labels=pd.DataFrame({"key_a": ["1"], "key_b": ["2"]}))
    assert [each.what for each in told.value.problems] == [
        "no column source_a",
        "no column source_b",
        "no column label",
    ]


def test_all_labels_that_are_none_are_told_together(crm) -> None:
    with pytest.raises(ConfigurationError) as told:
        resolve(crm, labels=pairs((0, 30, "same"), (1, 31, "maybe"), (2, 32, "DIFFERENT"), (3, 33, "no")))
    assert [each.where for each in told.value.problems] == ["labels, row 2", "labels, row 4"]


def test_the_only_source_need_not_be_named(crm) -> None:
    people = pd.DataFrame({"record_key": ["0", "30", "1", "99"], "person_id": ["a", "a", "b", "c"]})
    counts = resolve(crm, labels=people).report["counts"]["labels"]
    assert (counts["rows"], counts["unknown"], counts["same"]) == (4, 1, 1)
