"""Every test that takes `store_url` runs once with each kind of database."""

import pytest

import store_urls


@pytest.fixture(params=store_urls.BACKENDS)
def store_url(request, tmp_path):
    with store_urls.empty_place(request.param, tmp_path) as url:
        yield url


def pytest_runtest_setup(item):
    """Skip here, not in the fixture: then pytest tells all that it skips in one line."""
    if hasattr(item, "callspec") and item.callspec.params.get("store_url") == "postgresql":
        store_urls.server()
