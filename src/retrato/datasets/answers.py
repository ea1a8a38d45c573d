"""The channel that each person really answers: how often something that is sent gets an answer.

Everybody has one of `ANSWERED`, mostly WhatsApp, and answers three in four contacts there; of those on another channel
hardly any. Shares are estimates.
"""

from __future__ import annotations

import numpy as np

from retrato.datasets.formats import Flags, Ints, Strings, strings, weighted

#: The channels on which the company writes or calls first, and the share of people who answer there.
ANSWERED = ("whatsapp", "email", "phone")
SHARES = (0.45, 0.35, 0.20)
#: How likely a contact is answered on the channel of the person, and on another one.
LIKELY, UNLIKELY = 0.75, 0.06


def draw_answers(rng: np.random.Generator, people: int) -> Strings:
    """The channel that each of so many people answers."""
    return strings(ANSWERED)[weighted(rng, SHARES, people)]


def is_answered(rng: np.random.Generator, answers_on: Strings, who: Ints, channel: str) -> Flags:
    """Whether each contact on a channel is answered by its person (the position; -1, nobody known, is as good as any).

    >>> rng = np.random.default_rng(1)
    >>> told = is_answered(rng, strings(["email", "phone"]), np.repeat([0, 1], 1000), "email")
    >>> bool(told[:1000].mean() > 0.7), bool(told[1000:].mean() < 0.1)
    (True, True)
    """
    likely = (answers_on[np.maximum(who, 0)] == channel) | (who < 0)
    return rng.random(len(who)) < np.where(likely, LIKELY, UNLIKELY)
