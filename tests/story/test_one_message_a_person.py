"""Claim 4: no offers while the complaint is open; a campaign reaches each person once, at one address, on a channel
that they allow and prefer."""

from __future__ import annotations

from datetime import datetime

import pyarrow.csv
import pytest

from retrato import AudiencePolicy, ConfigurationError
from retrato.datasets import PEDRO
from retrato.datasets.story import LUCIA, MARTA, OSCAR, PEGGY

NEXT_MORNING = datetime(2025, 6, 27, 6, 30)
THOUGH_COMPLAINING = AudiencePolicy(complaints=False)


@pytest.fixture(scope="module")
def campaign(story):
    return story.resolution.audience("marketing", at=NEXT_MORNING)


def of(story, table, person):
    (profile,) = story.ids(person)
    return [row for row in table.to_pylist() if row["profile_id"] == profile]


def test_while_his_complaint_is_open_he_gets_no_offers(story, campaign) -> None:
    assert of(story, campaign.members, PEDRO) == []
    ((reason, sentence),) = [(row["reason"], row["sentence"]) for row in of(story, campaign.excluded, PEDRO)]
    assert (reason, sentence) == ("complaint_open", "a complaint is open")


def test_without_it_he_is_reached_once_on_the_channel_that_he_answers(story) -> None:
    found = story.resolution.audience("marketing", at=NEXT_MORNING, policy=THOUGH_COMPLAINING)
    (row,) = of(story, found.members, PEDRO)
    assert (row["channel"], row["contact"], row["consent_source"]) == ("whatsapp", PEDRO.phone, "crm")
    assert row["send_from"] == datetime(2025, 6, 27, 9, 0)  # half past six is too early


@pytest.mark.parametrize("person", [LUCIA, MARTA, PEGGY])
def test_whoever_said_no_is_left_alone(story, campaign, person) -> None:
    assert of(story, campaign.members, person) == []
    assert [row["reason"] for row in of(story, campaign.excluded, person)] == ["opted_out"]


def test_his_wife_is_not_reached_in_his_place_nor_he_at_his_old_number(story) -> None:
    found = story.resolution.audience("marketing", at=NEXT_MORNING, policy=THOUGH_COMPLAINING)
    reached = {row["contact"]: row["profile_id"] for row in found.members.to_pylist()}
    assert len(reached) == found.members.num_rows
    (oscar,) = story.ids(OSCAR)
    assert reached.get(PEDRO.old_phone) in {oscar, None}
    assert PEDRO.email not in reached or reached[PEDRO.email] in story.ids(PEDRO)


def test_everybody_is_reached_or_left_out_with_a_reason(story, campaign) -> None:
    members = campaign.members.column("profile_id").to_pylist()
    out = campaign.excluded.column("profile_id").to_pylist()
    assert sorted(members + out) == sorted(story.resolution.profiles.column("profile_id").to_pylist())
    assert sum(campaign.reasons.values()) == len(out)


def test_what_the_engine_chose_the_portrait_allows(story, campaign) -> None:
    for row in campaign.members.to_pylist()[::7]:
        consents = story.resolution.profile(row["profile_id"]).consents
        assert consents.permission(row["contact_kind"], row["contact"], channel=row["channel"], purpose="marketing"), (
            row["profile_id"]
        )


def test_it_can_be_narrowed_capped_and_written(story, tmp_path) -> None:
    policy = AudiencePolicy(at_most=1, days=30)
    found = story.resolution.audience(
        "marketing", channel="email", where="city = 'Madrid' AND interactions > 2", at=NEXT_MORNING, policy=policy
    )
    assert set(found.members.column("channel").to_pylist()) <= {"email"}
    assert found.reasons["contacted_too_often"] > 0
    written = found.write(tmp_path / "people.csv")
    assert pyarrow.csv.read_csv(written).num_rows == found.members.num_rows
    assert oct(written.stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"where": "nope = 1"}, "audience, where: no column nope"),
        ({"where": "city IN (SELECT city FROM profiles)"}, "audience, where: a condition may read nothing but"),
        ({"where": "city = 'Madrid'; DROP TABLE profiles"}, "audience, where: "),
        ({"where": "read_text('/etc/passwd') = ''"}, "audience, where: no function read_text"),
        ({"where": "(("}, "audience, where: no condition"),
        ({"channel": "pigeon"}, "audience, channel: no campaign goes out by 'pigeon'"),
        ({"policy": AudiencePolicy(quiet_hours=(25, 9))}, "audience, quiet_hours: hours are from 0 to 23"),
    ],
)
def test_what_makes_no_sense_is_told(story, asked, told) -> None:
    with pytest.raises(ConfigurationError) as error:
        story.resolution.audience("marketing", **asked)
    assert any(str(each).startswith(told) for each in error.value.problems), error.value.problems
