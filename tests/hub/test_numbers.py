"""Numbers out of addresses and forms."""

import doctest

import pytest

from hub import numbers
from hub.numbers import number_of


def test_examples_hold():
    result = doctest.testmod(numbers)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("text", [None, "", " 1", "1.5", "1e3", "x", "²", "-7", "+7", "1_000", "9" * 5000])
def test_what_is_no_number_is_nobodys_key(text):
    assert number_of(text) == 0
