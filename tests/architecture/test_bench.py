"""The floors of the bench exist for the bench alone."""

import pytest
from django.urls import Resolver404, resolve


def test_the_portal_has_no_addresses_of_the_bench():
    assert resolve("/bench/communities/", urlconf="bench.urls")
    with pytest.raises(Resolver404):
        resolve("/bench/communities/", urlconf="hub.urls")
