"""The figures of a manager: customers and not records, and what they did, over all profiles.

- *Customers*: every profile is one, less those that are parts of somebody who is split, more those that are two people.
  A profile that is expected to hold a share `r` of the records of its person counts `r`: over the parts of a person
  that adds up to one. The interval is the sum's own at 95 %, with the odds of every match twice as high or half as high
  as the model says: by so much a model without labels may be wrong as a whole.
- *Response time*: from the first thing that a customer asks on a channel to the next answer there, within thirty days.
- *Retention*: of those who bought for the first time in a month, how many bought again so many months later.
- *Recency, frequency, monetary*: the fifth of all buyers that somebody is in, 5 being the latest, the most often, the
  most (A. M. Hughes, *Strategic Database Marketing*, 1994).
- *At risk*: whoever has bought three times at least and has been silent for twice as long as between two purchases.
"""

from __future__ import annotations

#: What a customer asks, what answers it, and after how many days it is no answer any more.
ASKS = frozenset({"message", "email", "voicemail", "call_missed"})
REPLIES = frozenset({"message", "email", "call", "sms"})
REPLY_DAYS = 30
#: States of a ticket that is done.
DONE = frozenset({"closed", "delivered", "won", "ended"})
#: Purchases from which it is known how often somebody buys, and how many times longer than that is silence.
LEAST_PURCHASES, SILENCE = 3, 2
#: So many paths and combinations of channels are told, the most frequent first.
MOST_PATHS = 100
#: Half the width of the 95 % interval of a normal distribution, in standard deviations.
Z = 1.96

#: The tables, with what each holds.
METRICS = {
    "summary": "one figure a row",
    "channels": "reach, answers, response and resolution times by channel",
    "overlap": "which channels the same customers use",
    "paths": "the ways to a conversion",
    "first_touch": "how customers came",
    "value": "what customers have spent, by the channel on which they came",
    "retention": "who buys again, month by month",
    "rfm": "recency, frequency and monetary fifths",
}
