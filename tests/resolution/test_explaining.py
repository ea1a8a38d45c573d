"""Why two records are one person or not: rules, reviewers, and results without a model."""

import json

import pyarrow as pa
import pytest

from retrato import resolve


def decisions(*rows):
    names = ("source_a", "key_a", "source_b", "key_b", "decision")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])


def test_without_a_model_there_are_levels_and_the_rule_and_no_numbers(by_rules):
    found = by_rules.explain(("crm", "17"), ("web", "a1"))
    assert (found.together, found.alone, found.decided_by) == (True, True, "rule: email_and_name")
    assert (found.prior_bits, found.weight_bits, found.probability) == (None, None, None)
    assert {each.bits for each in found.evidence} == {None}
    lines = str(found).splitlines()
    assert lines[0].endswith("a rule joins them")
    assert "bits" not in str(found)
    assert "probability" not in str(found)
    assert lines[-1] == "  rule: they share an e-mail and a given name"
    json.dumps(found.to_dict())


def test_without_a_model_agreement_comes_before_difference(by_rules):
    found = by_rules.explain(("crm", "19"), ("web", "a2"))
    features = [each.feature for each in found.evidence]
    assert features[-1] == "family_name"
    assert {"email", "given_name"} == set(features[:2])


def test_without_a_rule_nothing_joins(by_rules):
    found = by_rules.explain(("crm", "17"), ("crm", "20"))
    assert (found.decided_by, found.alone, found.together) == (None, False, False)
    assert str(found).splitlines()[0].endswith("no rule joins them")


def test_a_rule_that_keeps_apart_reads_so(sources, strict):
    found = resolve(sources, ruleset=strict).explain(("crm", "19"), ("web", "a2"))
    assert (found.together, found.alone, found.decided_by) == (False, False, "rule: other_surname")
    assert str(found).splitlines()[0].endswith("a rule keeps them apart")
    assert str(found).splitlines()[-1] == "  rule: one mailbox, two surnames"


def test_a_rule_without_a_sentence_shows_its_name(sources, strict):
    found = resolve(sources, ruleset=strict).explain(("crm", "17"), ("web", "a1"))
    assert found.rule == "same_mailbox"
    assert str(found).splitlines()[-1] == "  rule: same_mailbox"


def test_reviewed_decisions_are_said_whether_they_join_or_keep_apart(sources, tmp_path):
    reviewed = decisions(("web", "a1", "crm", "17", "different"), ("crm", "18", "crm", "20", "same"))
    result = resolve(sources, decisions=reviewed)
    result = type(result).load(result.save(tmp_path / "out"))
    apart = result.explain(("crm", "17"), ("web", "a1"))
    assert (apart.together, apart.decided_by) == (False, "decision: different")
    assert str(apart).splitlines()[0].endswith("a reviewer keeps them apart")
    joined = result.explain(("crm", "18"), ("crm", "20"))
    assert (joined.together, joined.decided_by) == (True, "decision: same")
    assert str(joined).splitlines()[0].endswith("a reviewer said so")


def test_profiles_are_explained_by_the_pair_that_was_decided(sources):
    result = resolve(sources, decisions=decisions(("crm", "17", "web", "a1", "different")))
    profile = {(row["source"], row["record_key"]): row["profile_id"] for row in result.assignments.to_pylist()}
    found = result.explain(profile["crm", "17"], profile["web", "a1"])
    assert found.decided_by == "decision: different"


def test_with_a_model_the_weightiest_evidence_comes_first_and_adds_up(fitted):
    link = next(row for row in fitted.links.to_pylist() if row["decided_by"] == "model")
    found = fitted.explain((link["source_a"], link["key_a"]), (link["source_b"], link["key_b"]))
    assert found.decided_by == "model"
    assert found.weight_bits == pytest.approx(link["weight_bits"], abs=0.001)
    assert found.probability == pytest.approx(link["probability"], abs=1e-5)
    assert [abs(each.bits) for each in found.evidence] == sorted(
        (abs(each.bits) for each in found.evidence), reverse=True
    )
    total = found.prior_bits + found.household_bits + sum(each.bits for each in found.evidence)
    assert total == pytest.approx(found.weight_bits)
    assert f"{found.weight_bits:+6.1f} bits in all" in str(found)
