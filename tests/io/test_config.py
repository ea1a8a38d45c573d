"""The configuration file: what it says, and everything that is wrong with it at once."""

from __future__ import annotations

import pytest

from retrato.errors import ConfigurationError
from retrato.io.config import load_config
from retrato.records import SourceKind

GOOD = """
precision = "high"

[[source]]
name = "crm"
file = "exports/crm.csv"
key = "customer_no"
region = "ES"
encoding = "cp1252"
delimiter = ";"
unique = true
[source.map]
phone = ["mobile", "landline"]
category.segment = "segment"
"handle.instagram" = "ig"

[[source]]
file = "calls.xlsx"
kind = "events"
sheet = 1
source_column = "channel"

[[survivorship]]
attribute = "email"
"""

BAD = """
[[source]]
name = "crm"
fle = "crm.csv"
region = 34
unique = "yes"
[[source]]
file = "a.csv"
kind = "event"
sheet = 1.5
map = {phone = 3}
"""


def test_sources_are_read_and_the_rest_is_handed_on(tmp_path):
    (tmp_path / "rules.toml").write_text(GOOD)
    config = load_config(tmp_path / "rules.toml")
    crm, calls = config.sources
    assert (crm.name, crm.data, crm.key, crm.region) == ("crm", tmp_path / "exports" / "crm.csv", "customer_no", "ES")
    assert (crm.encoding, crm.delimiter, crm.unique, crm.kind) == ("cp1252", ";", True, None)
    assert crm.mapping == {"phone": ["mobile", "landline"], "category.segment": "segment", "handle.instagram": "ig"}
    assert (calls.name, calls.kind, calls.sheet, calls.source_column) == ("calls", SourceKind.EVENTS, 1, "channel")
    assert config.ruleset == {"precision": "high", "survivorship": [{"attribute": "email"}]}


def test_every_problem_is_told_at_once(tmp_path):
    (tmp_path / "rules.toml").write_text(BAD)
    with pytest.raises(ConfigurationError) as caught:
        load_config(tmp_path / "rules.toml")
    at = tmp_path / "rules.toml"
    assert str(caught.value).splitlines() == [
        f'{at}, source crm: no key "fle"; did you mean "file"?',
        f'{at}, source crm: there is no "file"; write file = "export.csv"',
        f'{at}, source crm, region: it must be text; write region = "..."',
        f"{at}, source crm, unique: it must be true or false",
        f"{at}, source 2, sheet: it must be the name of a sheet or its number, from 0",
        f'{at}, source 2, kind: no kind "event"; write "records" or "events"',
        f"{at}, source 2, field phone: it must be a column or a list of columns",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = 1\nb = = 2\n", "at line 2"),
        (b"a = '\xff'\n", "it is not UTF-8"),
        (b"source = 3\n", r"write \[\[source\]\]"),
    ],
)
def test_files_that_are_no_configuration(tmp_path, data, message):
    (tmp_path / "rules.toml").write_bytes(data)
    with pytest.raises(ConfigurationError, match=message):
        load_config(tmp_path / "rules.toml")


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "rules.toml").write_text("")
    with pytest.raises(ConfigurationError, match=r'did you mean "rules.toml"\?'):
        load_config(tmp_path / "rule.toml")
