"""Internet addresses, coordinates and consents: masks, recognition, and that they take no part in matching."""

from __future__ import annotations

import ipaddress

import pytest

from retrato.identifiers.consent_flag import ConsentFlag
from retrato.identifiers.coordinates import Coordinates
from retrato.identifiers.ip_address import SPECIAL, IpAddress
from retrato.identifiers.registry import type_of


@pytest.mark.parametrize("kind", [IpAddress(), Coordinates(), ConsentFlag()], ids=repr)
def test_they_take_no_part_in_matching(kind):
    assert kind.features == ()
    assert kind.key_names() == ()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (IpAddress(), "8.8.8.8"),
        (IpAddress(), "2a02::1"),
        (IpAddress(), "2a02:9130:80::1"),
        (Coordinates(), "0.50000,1.00000"),
        (Coordinates(), "-40.41678,-3.70379"),
        (ConsentFlag(), "denied"),
    ],
)
def test_a_mask_does_not_hold_the_value(kind, value):
    assert kind.parse(value).value == value
    assert value not in kind.mask(value)


def test_special_networks_are_networks_of_one_kind():
    networks = [ipaddress.ip_network(each) for listed in SPECIAL.values() for each in listed]
    for version in (4, 6):
        own = [each for each in networks if each.version == version]
        assert not [(one, two) for one in own for two in own if one != two and one.overlaps(two)]


@pytest.mark.parametrize(
    ("text", "code"), [("10.1.2.3", "private_address"), ("8.8.8.8", ""), ("127.9.9.9", "loopback_address")]
)
def test_a_special_address_says_why(text, code):
    assert " ".join(issue.code for issue in IpAddress().parse(text).issues) == code


def test_recognition_is_prudent():
    assert IpAddress().recognise(["83.45.12.7", "10.0.0.1"]) == {"ip_address": 0.95}
    assert IpAddress().recognise(["1.2.3", "4.5.6"]) == {"ip_address": 0.0}
    assert Coordinates().recognise(["40.4168,-3.7038", "43.3614, -8.4115"]) == {"coordinates": 0.95}
    assert Coordinates().recognise(["12,50", "40.4168"]) == {"coordinates": 0.0}
    assert ConsentFlag().recognise(["opt-in", "opt-out", "n/a"]) == {"consent": 0.9}
    assert ConsentFlag().recognise(["yes", "no"]) == {}
    assert ConsentFlag().recognise(["alta", "baja"]) == {}


def test_what_a_consent_is_for_is_its_namespace():
    assert type_of("consent.newsletter").parse("sí").namespace == "newsletter"
