"""The public names, and what importing them costs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import retrato

PAGE = Path(__file__).parent.parent / "docs/reference/python.md"
PUBLIC = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
HEAVY = ("duckdb", "numpy", "pandas", "phonenumbers", "pyarrow", "pydantic", "rapidfuzz", "scipy", "sqlglot")


def test_the_public_names_are_the_documented_ones():
    assert retrato.__all__ == PUBLIC
    assert sorted(PUBLIC) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there_documented_and_listed(name):
    assert getattr(retrato, name).__doc__
    assert name in dir(retrato)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'retrato' has no attribute 'Linker'"):
        retrato.Linker  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    program = f"import sys, retrato; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
