"""What goes wrong in each channel, in one table: `MESS`.

Every number is a probability per record (or a weight where a tuple is given). The shares are estimates of what such
exports look like; the comments say why a channel has them. Change them here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mess:
    """The habits and failures of one channel."""

    # names: weights of whole name, given name alone, initial and surname, "Surnames, Given"
    styles: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    name_missing: float = 0.0
    second_given_lost: float = 0.45
    second_given_alone: float = 0.02  # called by the second one: María José -> José
    second_surname_lost: float = 0.25
    surnames_joined: float = 0.0  # both surnames in the first column
    nickname: float = 0.02
    abbreviated: float = 0.0  # Mª, Fco., Jr. dropped
    maiden: float = 0.12  # of the wives who took the husband's name
    married: float = 0.25  # of the wives who may be called `de` and the husband's name
    swapped: float = 0.0  # given name and surnames change places
    accents_lost: float = 0.3
    upper: float = 0.0
    lower: float = 0.0
    typed: float = 0.0  # a slip of the fingers in a name
    heard: float = 0.0  # a name spelled as it sounds
    # e-mail
    email_missing: float = 1.0
    email_second: float = 0.22  # of those who have a second one
    email_work: float = 0.08  # of those who have one
    email_office: float = 0.02  # info@ of the employer
    email_relative: float = 0.02
    email_placeholder: float = 0.0
    email_slip: float = 0.0  # mistyped domain or local part
    email_case: float = 0.0
    email_tag: float = 0.0  # gmail dots and +tags
    # phone
    phone_missing: float = 1.0
    phone_fixed: float = 0.0  # the landline of the household, of those who have one
    phone_office: float = 0.0  # the switchboard, of the employed
    phone_relative: float = 0.02
    phone_placeholder: float = 0.0
    phone_slip: float = 0.0
    phone_stale: float = 0.0  # the old number still given after the change
    habits: tuple[float, ...] = (1, 0, 0, 0, 0, 0, 0, 0)  # see retrato.datasets.phones.NATIONAL and following
    # the rest
    document_missing: float = 1.0
    document_slip: float = 0.0
    birth_missing: float = 1.0
    birth_placeholder: float = 0.0  # 1900-01-01
    birth_slip: float = 0.0  # day and month exchanged, or a year off
    address_missing: float = 1.0


#: Channel by channel: the record exports, then the event exports that carry contact points of their own.
MESS = {
    # Typed by staff in the office with the document in front of them: complete, but of all ages, with the damage of an
    # old migration through a spreadsheet (numbers as floats, capitals, no accents) and fields that may not be left
    # empty.
    "crm": Mess(
        second_given_lost=0.30, second_surname_lost=0.10, surnames_joined=0.04, nickname=0.01, abbreviated=0.15,
        accents_lost=0.35, upper=0.30, typed=0.035, heard=0.01, swapped=0.004,
        email_missing=0.17, email_placeholder=0.025, email_slip=0.015, email_case=0.12, email_office=0.02,
        phone_missing=0.08, phone_fixed=0.25, phone_office=0.07, phone_placeholder=0.025, phone_slip=0.012,
        phone_stale=0.05,
        habits=(0.52, 0.16, 0.04, 0.14, 0.04, 0.03, 0.02, 0.05),
        document_missing=0.36, document_slip=0.012,
        birth_missing=0.30, birth_placeholder=0.03, birth_slip=0.02, address_missing=0.15,
    ),
    # Typed by the customers themselves, mostly on a telephone: the own address is right, names are short and in lower
    # case.
    "web_form": Mess(
        name_missing=0.03, second_given_lost=0.70, second_surname_lost=0.50, nickname=0.06, abbreviated=0.02,
        accents_lost=0.50, upper=0.03, lower=0.20, typed=0.03, swapped=0.012,
        email_missing=0.02, email_placeholder=0.012, email_slip=0.025, email_case=0.08, email_tag=0.05,
        phone_missing=0.18, phone_fixed=0.03, phone_office=0.02, phone_placeholder=0.02, phone_slip=0.02,
        habits=(0.55, 0.16, 0.05, 0.14, 0.06, 0.03, 0.01, 0.0),
        address_missing=0.45,
    ),
    # The number is certain, the name is whatever people call themselves there.
    "whatsapp": Mess(
        styles=(0.42, 0.50, 0.08, 0.0), name_missing=0.14, second_given_lost=0.75, second_surname_lost=0.80,
        nickname=0.22,
        accents_lost=0.45, lower=0.10, typed=0.01, swapped=0.01,
        phone_missing=0.0, phone_relative=0.01, habits=(0, 0, 0, 0, 0, 0, 1, 0),
    ),
    # Heard by an agent in a hurry: spelled as it sounds, the number comes from the line, sometimes the one at work.
    "call_centre_contacts": Mess(
        styles=(0.78, 0.10, 0.02, 0.10), name_missing=0.04, second_given_lost=0.60, second_surname_lost=0.45,
        nickname=0.05,
        accents_lost=0.70, upper=0.35, typed=0.03, heard=0.20, swapped=0.04,
        email_missing=0.72, email_slip=0.06, email_case=0.1,
        phone_missing=0.03, phone_fixed=0.15, phone_office=0.06, phone_relative=0.03, phone_slip=0.005, phone_stale=0.0,
        habits=(0.60, 0.0, 0.0, 0.25, 0.0, 0.15, 0.0, 0.0),
        document_missing=0.72, document_slip=0.03, address_missing=0.80,
    ),
    # A paper form at the counter, typed later: surnames first, capitals, numbers misread.
    "shop_cards": Mess(
        styles=(0.35, 0.0, 0.05, 0.60), second_given_lost=0.45, second_surname_lost=0.25, nickname=0.02,
        abbreviated=0.20,
        accents_lost=0.60, upper=0.60, typed=0.06, swapped=0.06,
        email_missing=0.45, email_slip=0.05, email_relative=0.04,
        phone_missing=0.20, phone_fixed=0.12, phone_placeholder=0.05, phone_slip=0.03, phone_stale=0.05,
        habits=(0.75, 0.15, 0.08, 0.0, 0.0, 0.0, 0.0, 0.02),
        birth_missing=0.45, birth_placeholder=0.06, birth_slip=0.03, address_missing=0.30,
    ),
    # An address is all it takes; name and a number for SMS are optional, and the second mailbox is popular.
    "newsletter": Mess(
        styles=(0.40, 0.55, 0.0, 0.05), name_missing=0.35, second_given_lost=0.70, second_surname_lost=0.60,
        nickname=0.08,
        accents_lost=0.40, lower=0.15, typed=0.02,
        email_missing=0.0, email_second=0.25, email_work=0.08, email_slip=0.02, email_case=0.04, email_tag=0.07,
        phone_missing=0.70, habits=(0.1, 0, 0, 0.8, 0.1, 0, 0, 0),
    ),
    # A display name and a handle: no contact point at all but for a few business accounts.
    "social": Mess(
        styles=(0.62, 0.26, 0.12, 0.0), second_given_lost=0.75, second_surname_lost=0.75, nickname=0.25,
        accents_lost=0.35, lower=0.15, typed=0.0, email_missing=0.92,
    ),
    # The address of a login or a checkout, confirmed by a mail that had to arrive.
    "web_app_events": Mess(email_missing=0.0, email_second=0.20, email_work=0.03, email_office=0.0, email_case=0.01),
    # The number that the exchange shows.
    "call_centre": Mess(phone_missing=0.0, phone_fixed=0.15, phone_office=0.06, habits=(0.5, 0, 0, 0.3, 0, 0.2, 0, 0)),
    # Told at the till for the receipt.
    "shop_till": Mess(
        email_missing=0.0, email_slip=0.04, phone_missing=0.0, phone_slip=0.02, phone_fixed=0.05,
        habits=(0.8, 0.2, 0, 0, 0, 0, 0, 0),
    ),
}  # fmt: skip

#: What stands in a field that may not be left empty.
PLACEHOLDER_EMAILS = ("test@test.com", "noemail@example.com", "sincorreo@sincorreo.com", "no@tiene.es", "a@a.com")
PLACEHOLDER_PHONES = ("600000000", "666666666", "999999999", "000000000", "123456789", "+34600000000")
PLACEHOLDER_BIRTH = "1900-01-01"

#: Domains as they are mistyped.
MISTYPED_DOMAINS = {
    "gmail.com": ("gmial.com", "gmail.con", "gmai.com", "gamil.com", "gmail.es", "gmail.co"),
    "hotmail.com": ("hotmial.com", "hotmail.con", "hormail.com", "hotmai.com"),
    "hotmail.es": ("hotmial.es", "hotmail.e"),
    "yahoo.com": ("yaho.com", "yahoo.con"),
    "yahoo.es": ("yaho.es", "yahooo.es"),
    "outlook.com": ("outlok.com", "outlook.con"),
    "icloud.com": ("iclud.com", "icloud.con"),
}
