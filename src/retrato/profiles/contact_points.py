"""Contact points: what a phone, an address or a device is to those who hold it."""

from __future__ import annotations

from enum import StrEnum


class ContactClass(StrEnum):
    """What a contact point is, from who holds it."""

    PERSONAL = "personal"  # of one profile
    HOUSEHOLD = "household"  # of several profiles of one household
    ROLE = "role"  # of a role or a team, or a switchboard
    RECYCLED = "recycled"  # of one profile after the other
    SHARED = "shared"  # of several profiles that are not known to belong together
    PLACEHOLDER = "placeholder"  # nobody's


#: Profiles and given names that friends or a scattered family may have on one line; beyond it is a switchboard.
FEW = 4

#: Kinds that a role, a team or a switchboard answers at. Many people at one address are a building.
LINES = frozenset({"email", "phone"})

#: Days that lie at least between two owners of a recycled value: how long a number rests before it may be given to
#: somebody else (FCC 18-177, 2018, in force since 2020: 45 days).
REST_DAYS = 45

#: The sentence that tells why; what stands between bars is a number of the value.
REASONS = {
    "blocked": "the rules say that it is nobody's own",
    "crowded": "so many rows of a source hold it that it cannot be personal (|records| records)",
    ContactClass.PLACEHOLDER.value: "it is a filler: nobody can be reached there",
    ContactClass.ROLE.value: "it is the address of a role or a team",
    "switchboard": "|profiles| profiles under |given_names| given names hold it, in |homes| homes",
    ContactClass.PERSONAL.value: "one profile alone holds it",
    ContactClass.HOUSEHOLD.value: "|profiles| profiles of one household hold it",
    ContactClass.RECYCLED.value: f"|profiles| profiles with nothing in common held it one after the other, "
    f"{REST_DAYS} days apart at least",
    ContactClass.SHARED.value: "|profiles| profiles in |homes| homes hold it; nothing says that they belong together",
}
