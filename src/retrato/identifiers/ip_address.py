"""Internet addresses, versions 4 and 6."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Networks whose addresses identify nobody, by what they are for (IANA special-purpose address registries, RFC 6890 and
#: its updates to RFC 9637; multicast after RFC 5771 and RFC 4291).
SPECIAL: Mapping[str, tuple[str, ...]] = {
    "private_address": ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
    "loopback_address": ("127.0.0.0/8", "::1/128"),
    "link_local_address": ("169.254.0.0/16", "fe80::/10"),
    "reserved_address": (
        "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/3", "::/128", "100::/64", "2001:2::/48", "2001:10::/28", "2001:20::/28",
        "2001:db8::/32", "3fff::/20", "5f00::/16", "ff00::/8",
    ),
}  # fmt: skip
_SENTENCES = {
    "private_address": "the address is one inside a network, which many networks use",
    "loopback_address": "the address is the machine itself",
    "link_local_address": "the address is one of a single cable or radio link",
    "reserved_address": "the address is reserved and belongs to nobody",
}
_NETWORKS = tuple((ipaddress.ip_network(network), code) for code, listed in SPECIAL.items() for network in listed)
_ISSUES = {code: Issue(code, sentence) for code, sentence in _SENTENCES.items()}
_NOT_AN_ADDRESS = Issue("not_an_address", "the text is no internet address")
_SEVERAL = re.compile(r"[\s,;|]+")
_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d{1,5})?", re.ASCII)
_PORT = re.compile(r"([\d.]+):\d{1,5}", re.ASCII)


@dataclass(frozen=True)
class IpAddress(IdentifierType):
    """An internet address in its shortest form; ports and zones are left out, version 4 within version 6 is version 4.

    A household, a company or a whole town can share one, so it takes no part in matching. Private, loopback and
    reserved addresses are placeholders.

    >>> IpAddress().parse("83.45.12.7:51234").value, IpAddress().parse("::ffff:83.45.12.7").value
    ('83.45.12.7', '83.45.12.7')
    >>> IpAddress().parse("192.168.1.20").status.value
    'placeholder'
    """

    kind: ClassVar[str] = "ip_address"
    fields: ClassVar[Mapping[str, Field]] = {
        "ip_address": Field("text", headers("ip_address")),
    }
    features: ClassVar[tuple[Feature, ...]] = ()

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several (a list of proxies, the customer first)."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        if is_absent(fold(text)):
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER),)
        pieces = [piece for piece in dict.fromkeys(_SEVERAL.split(text)) if not is_null(piece)]
        found: dict[Address, str] = {}
        for piece in pieces:
            address = read_address(piece)
            if address is not None:
                found.setdefault(address, text if len(pieces) == 1 else piece)
        if not found:
            return (Identifier(self.kind, text, None, Status.INVALID, issues=(_NOT_AN_ADDRESS,)),)
        return tuple(self._identifier(raw, address) for address, raw in found.items())

    def _identifier(self, raw: str, address: Address) -> Identifier:
        code = special(address)
        if code:
            return Identifier(self.kind, raw, str(address), Status.PLACEHOLDER, issues=(_ISSUES[code],))
        return Identifier(self.kind, raw, str(address), Status.VALID)

    def accept(self, table: pa.Table) -> pa.Table:
        """Plain addresses of version 4."""
        from retrato.identifiers.columns.ip_addresses import accept_addresses

        return accept_addresses(table)

    def mask(self, value: str) -> str:
        """The first two numbers or groups stay: the provider, not the line.

        >>> IpAddress().mask("83.45.12.7"), IpAddress().mask("2a02:9130:80::1")
        ('83.45.*.*', '2a02:9130:*')
        """
        address = read_address(value)
        if address is None:
            return super().mask(value)
        if address.version == 4:
            return ".".join(str(address).split(".")[:2]) + ".*.*"
        first, second, *_ = address.exploded.split(":")
        return f"{int(first, 16):x}:{int(second, 16):x}:*"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of addresses, special ones too."""
        if not sample:
            return {}
        read = sum(self.parse(text).value is not None for text in sample)
        return {"ip_address": 0.95 * read / len(sample)}


def read_address(text: str) -> Address | None:
    """The address in a text, without port and zone; None when there is none.

    >>> str(read_address("[2a02:9130::0:1]:443")), read_address("83.45.12"), read_address("10.0.0.0/8")
    ('2a02:9130::1', None, None)
    """
    bracketed = _BRACKETED.fullmatch(text) or _PORT.fullmatch(text)
    bare = (bracketed[1] if bracketed else text).partition("%")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def special(address: Address) -> str:
    """The code of what a special address is for; empty for the others.

    >>> special(ipaddress.ip_address("10.1.2.3")), special(ipaddress.ip_address("83.45.12.7"))
    ('private_address', '')
    """
    return next((code for network, code in _NETWORKS if address in network), "")
