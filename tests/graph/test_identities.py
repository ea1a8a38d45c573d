import hashlib

import pytest

from retrato.graph.identities import Change, ChangeKind, new_household_id, new_profile_id


def test_profile_id_is_p_and_sixteen_hex_digits_of_the_md5_of_source_and_key():
    expected = hashlib.md5(b"crm\x1f\xc3\xb1-7", usedforsecurity=False).hexdigest()[:16]
    assert new_profile_id("crm", "ñ-7") == "p" + expected
    assert new_household_id("crm", "ñ-7") == "h" + expected


def test_each_attempt_gives_another_id():
    assert len({new_profile_id("crm", "1", attempt) for attempt in range(50)}) == 50


def test_source_and_key_do_not_run_together():
    assert new_profile_id("a", "bc") != new_profile_id("ab", "c")


@pytest.mark.parametrize("kind", ChangeKind)
def test_every_change_reads_as_a_sentence_with_its_ids_and_count(kind):
    sentence = str(Change(kind, "p1", "p2", 42))
    assert "p1" in sentence
    assert "42" in sentence
    assert "{" not in sentence
    assert ("p2" in sentence) == (
        kind in {ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.MOVED, ChangeKind.REDIRECTED}
    )
