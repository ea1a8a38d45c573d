"""A time says its zone, or is in UTC; one in a zone that is not known is no time."""

from __future__ import annotations

import pyarrow as pa
import pytest

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
