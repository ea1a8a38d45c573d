"""Social platforms: what their profile addresses mean, and what a handle may look like."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from urllib.parse import unquote

from retrato.identifiers.code import code_key
from retrato.identifiers.tables import lines, listed, synonyms

#: Domains and short names of platforms, to their namespaces.
PLATFORMS = synonyms("handle_platforms")
#: What a handle may look like on each platform.
RULES = {
    platform: rule
    for platform, rule in (line.split(": ", 1) for line in lines("handle_rules"))
    if platform in set(PLATFORMS.values())
}
#: Steps of an address before the name, at an organisation, and of what is no profile.
BEFORE_NAME, ORGANISATION, NO_PROFILE = (
    frozenset(listed("handle_rules", group)) for group in ("before the name", "organisation", "no profile")
)
#: Domains whose addresses all point to something else than a profile.
SHORT_LINKS = frozenset({"youtu.be", "lnkd.in", "pin.it"})
_WHATSAPP = frozenset({"wa.me", "whatsapp.com"})
#: The domains whose addresses are read.
DOMAINS = sorted({*(name for name in PLATFORMS if "." in name), *_WHATSAPP})
_URL = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]{1,12}\.)?([a-z0-9-]+\.[a-z]{2,4}(?:\.[a-z]{2})?)(?:/(.*))?", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:profile\.php|intent/user|resolve|user)/?\?(?:.*&)?(?:id|screen_name|user_id|domain|username)=([^&#]+)",
    re.IGNORECASE,
)
_APP = re.compile(r"(tg|instagram|twitter|fb)://(.+)", re.IGNORECASE)


class Points(Enum):
    """What an address on a platform points to."""

    PERSON = "a profile"
    ORGANISATION = "an organisation's page"
    PHONE = "a phone number"
    ELSEWHERE = "no profile"


def read_address(text: str) -> tuple[Points, str, str] | None:
    """What an address points to, on which platform, and the name in it; None: it is no address of a platform.

    >>> read_address("https://www.linkedin.com/in/ana-lopez/?locale=es_ES")
    (<Points.PERSON: 'a profile'>, 'linkedin', 'ana-lopez')
    >>> read_address("ana"), read_address("wa.me/34600112233")[0].value
    (None, 'a phone number')
    """
    app = _APP.fullmatch(text)
    if app is not None:
        return _within(PLATFORMS[app[1].lower()], app[2])
    address = _URL.fullmatch(text)
    if address is None:
        return None
    domain = address[1].lower()
    if domain in _WHATSAPP:
        return Points.PHONE, "whatsapp", ""
    if domain not in PLATFORMS:
        return None
    if domain in SHORT_LINKS:
        return Points.ELSEWHERE, PLATFORMS[domain], ""
    return _within(PLATFORMS[domain], address[2] or "")


def _within(platform: str, path: str) -> tuple[Points, str, str]:
    named = _NAMED.match(path)
    if named is not None:
        return Points.PERSON, platform, unquote(named[1])
    steps = [unquote(step) for step in re.split(r"[?#]", path, maxsplit=1)[0].split("/") if step]
    first = steps[0].lower() if steps else ""
    if not steps or first in NO_PROFILE or first.startswith("+"):
        return Points.ELSEWHERE, platform, ""
    points = Points.ORGANISATION if first in ORGANISATION else Points.PERSON
    if points is Points.PERSON and first not in BEFORE_NAME:
        return points, platform, steps[0]
    if len(steps) < 2:
        return Points.ELSEWHERE, platform, ""
    if first in ("people", "pages") and steps[-1].isdigit():
        return points, platform, steps[-1]
    return points, platform, "-".join(steps[1:]) if first == "pub" else steps[1]


@cache
def rule_of(platform: str) -> re.Pattern[str] | None:
    """The rule of a platform, compiled; None where it is not known."""
    return re.compile(RULES[platform]) if platform in RULES else None


def handle_key(platform: str, value: str) -> str:
    """The matching key of a handle. Dots do not tell Facebook names apart (Facebook, "Create or change your username").

    >>> handle_key("facebook", "ana.lopez.5"), handle_key("instagram", "ana.lopez")
    ('analopez5', 'ana.lopez')
    """
    return code_key(value).replace(".", "") if platform == "facebook" else code_key(value)
