"""A time says its zone, or is in UTC; one in a zone that is not known is no time."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from retrato import ConfigurationError, Source, resolve
from retrato.identifiers.moment import Moment, read_moment

READ = {
    "2025-05-02 10:00:00 Europe/Madrid": "2025-05-02T08:00:00",
    "2025-12-02 10:00:00 Europe/Madrid": "2025-12-02T09:00:00",
    "2025-05-02 10:00:00 CEST": "2025-05-02T08:00:00",
    "02/05/2025 10:00 PST": "2025-05-02T18:00:00",
    "May 2, 2025 10:00 AM EST": "2025-05-02T15:00:00",
    "2025-05-02 10:00 (CET)": "2025-05-02T09:00:00",
    "2025-05-02T10:00:00[Europe/Madrid]": "2025-05-02T08:00:00",
    "2025-05-02T10:00:00+02:00[Europe/Madrid]": "2025-05-02T08:00:00",
    "2025-05-02 10:00:00 UTC": "2025-05-02T10:00:00",
    "Fri, 02 May 2025 10:00:00 GMT": "2025-05-02T10:00:00",
    "Fri May 02 2025 10:00:00 GMT+0200 (Central European Summer Time)": "2025-05-02T08:00:00",
    "02/05/2025 10:00 PM": "2025-05-02T22:00:00",
    "2 de mayo de 2025 a las 10:00 horas": "2025-05-02T10:00:00",
    "2025-10-26 02:30 Europe/Madrid": "2025-10-26T00:30:00",  # the first of two
}
UNKNOWN = ("2025-05-02 10:00:00 Europe/Atlantis", "02/05/2025 10:00 ABC")
NONE = ("2025-05-02T10:00:00+25:00", "2025-05-02 10:00 +99:00", "2025-05-02 10:00:00+22:00")


@pytest.mark.parametrize("text", READ)
def test_the_zone_behind_a_time_is_read(text):
    found = read_moment(text)
    assert found is not None
    assert found.isoformat() == READ[text]


@pytest.mark.parametrize("text", UNKNOWN + NONE)
def test_a_time_in_no_zone_is_none(text):
    found = Moment().parse(text)
    assert (found.value, [each.code for each in found.issues]) == (
        None,
        ["unknown_zone" if text in UNKNOWN else "not_a_moment"],
    )


def test_whole_columns_read_zones_alike():
    texts = [*READ, *UNKNOWN, *NONE]
    found = Moment().parse_column(pa.chunked_array([texts])).column("value").to_pylist()
    assert found == [Moment().parse(text).value for text in texts]


MADRID = {
    "2025-05-02 10:00:00": "2025-05-02 08:00:00.000000",
    "2025-12-02T10:00": "2025-12-02 09:00:00.000000",
    "02/05/2025 10:00:33,5": "2025-05-02 08:00:33.500000",
    "02/05/2025 10:00 PM": "2025-05-02 20:00:00.000000",
    "20250502 100000": "2025-05-02 08:00:00.000000",
    "2025-05-02": "2025-05-02 00:00:00.000000",  # a day is no clock
    "2025-05-02T10:00:00Z": "2025-05-02 10:00:00.000000",
    "2025-05-02 10:00:00+05:00": "2025-05-02 05:00:00.000000",
    "02/05/2025 10:00 CEST": "2025-05-02 08:00:00.000000",
    "Fri, 02 May 2025 10:00:00 GMT": "2025-05-02 10:00:00.000000",
    "1746180000": "2025-05-02 10:00:00.000000",
    "2025-10-26 02:30": "2025-10-26 00:30:00.000000",  # the first of two
    "2025-03-30 02:30": "2025-03-30 01:30:00.000000",  # no clock shows it
    "2025-03-30 12:30": "2025-03-30 10:30:00.000000",
}


@pytest.mark.parametrize("text", MADRID)
def test_a_clock_without_a_zone_is_in_the_zone_of_its_source(text):
    assert Moment(time_zone="Europe/Madrid").parse(text).value == MADRID[text]


def test_whole_columns_read_clocks_alike():
    found = Moment(time_zone="Europe/Madrid").parse_column(pa.chunked_array([[*MADRID] * 3]))
    assert found.column("value").to_pylist() == [*MADRID.values()] * 3


def test_sources_have_zones_of_their_own():
    rows = {"name": ["Ana Gil"], "created_at": ["2025-05-02 10:00:00"]}
    here, there = (
        Source(name, pa.table(rows), time_zone=zone) for name, zone in (("crm", "Europe/Madrid"), ("web", None))
    )
    times = {row["source"]: row["time"] for row in resolve([here, there]).timeline.to_pylist()}
    assert times == {"crm": datetime(2025, 5, 2, 8), "web": datetime(2025, 5, 2, 10)}


def test_unknown_zones_of_sources_are_all_told():
    sources = [Source(name, pa.table({"name": ["Ana"]}), time_zone="Europe/Atlantis") for name in ("crm", "web")]
    with pytest.raises(ConfigurationError) as caught:
        resolve(sources)
    assert [each.where for each in caught.value.problems] == ["source crm, time_zone", "source web, time_zone"]
