"""Which profile an interaction belongs to: what an event may be recognised by, strongest first.

An event names its customer by some of these. The strongest that anybody is known by decides; when several profiles are
known by it (a shared e-mail), the weaker ones choose among them, and what is still open stays open: an interaction is
left without a profile rather than given to the wrong one. What the weak ones say never overrules a strong one.

A browser or app is recognised in a second pass: its cookie or device id belongs to whoever was recognised on it
otherwise, or gave it in a record. As long as that is one profile, its anonymous events are theirs, those before the
first form included, if tracking was agreed to (see `retrato.profiles.interaction_rules`). Last, a thread (a cart, a
ticket, a conversation) in which one profile alone was recognised is theirs as a whole.

A source of events may have a directory: the source of records that nearly all phones (e-mails, handles) stand in that
its events name and anybody is known by, as the contacts of WhatsApp have the numbers of its messages. Of several
profiles that are known by such a value, those have it whom the directory has under it.

A contact point that went from hand to hand, or was given up, says who had it at the time of the event. What may have
been any of several people of one household belongs to the household.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """One way to recognise the customer of an event. `alone`: it suffices when it points at one profile."""

    kind: str
    label: str
    alone: bool = True


#: Strongest first. A customer key is first of all a record key of the event's own source; in another source it may be
#: somebody else's.
EVIDENCE: tuple[Evidence, ...] = (
    Evidence("own_key", "customer key"),
    Evidence("national_id", "national id"),
    Evidence("account_id", "account"),
    Evidence("other_key", "customer key of another source"),
    Evidence("email", "e-mail"),
    Evidence("phone", "phone"),
    Evidence("handle", "handle"),
    Evidence("device_id", "device"),
    Evidence("name", "name", alone=False),
    Evidence("birth_date", "birth date", alone=False),
)

#: Values that more profiles than this are known by point at nobody; they are counted as ambiguous.
CROWD = 50

#: Whoever has more interactions than this is hardly one person: a switchboard, a till, an account for tests.
BUSY = 10_000

#: The share of the values that events name and records hold from which a source is the directory of those events.
DIRECTORY = 0.9

#: Numbers of threads that mean the same thread wherever they stand. Short plain numbers are counted by many systems.
TELLING_THREAD = "[A-Za-z].*[0-9]|[0-9].*[A-Za-z]|[0-9]{8}"

#: The label of what follows from the rest of a thread.
THREAD = "thread"

#: What stands before the label of evidence that may not be used, or does not decide.
NO_CONSENT, HOUSEHOLD, AMBIGUOUS = "no consent", "household", "ambiguous"

#: The kind of interaction that stands for the creation of a record.
RECORD_CREATED = "record_created"


def weights() -> dict[str, int]:
    """A power of two for each kind of evidence, so that a stronger one outweighs all weaker ones together.

    >>> weights()["birth_date"], weights()["own_key"]
    (1, 512)
    """
    return {each.kind: 1 << place for place, each in enumerate(reversed(EVIDENCE))}
