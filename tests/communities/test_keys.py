"""Keys by which two writings of one thing are the same: the examples of the docstrings, and oddities."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities import keys


def test_the_examples_are_true():
    result = doctest.testmod(keys)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('АНО "Солнечный город"', "Клуб «солнечный  город»"),
        ("Чистая Хоста", "чистая хоста"),
        ("Ёж", "еж"),
    ],
)
def test_two_writings_of_one_name_have_one_key(one, other):
    assert keys.name_key(one) == keys.name_key(other)


@pytest.mark.parametrize("writing", ["8 (862) 200-12-34", "+7 862 200 12 34", "78622001234"])
def test_two_writings_of_one_phone_have_one_key(writing):
    assert keys.phone_key(writing) == "+78622001234"


@given(st.text())
def test_no_text_is_too_odd(text):
    assert len(keys.name_key(text)) <= 160
    assert len(keys.link_key(text)) <= 200
    assert keys.address(text) not in ("gaps", "suggest")
    keys.phone_key(text)
