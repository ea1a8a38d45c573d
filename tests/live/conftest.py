"""Every test that takes `store_url` runs once with each kind of database."""

import pytest

import store_urls


@pytest.fixture(params=store_urls.BACKENDS)
def store_url(request, tmp_path):
    with store_urls.empty_place(request.param, tmp_path) as url:
        yield url
