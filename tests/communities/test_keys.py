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


def distance(one: str, other: str) -> int:
    """Slips between two words, the plain way: letters missing, added, mistaken, neighbours swapped."""
    rows = [[max(a, b) if 0 in (a, b) else 0 for b in range(len(other) + 1)] for a in range(len(one) + 1)]
    for a in range(1, len(one) + 1):
        for b in range(1, len(other) + 1):
            differs = one[a - 1] != other[b - 1]
            rows[a][b] = min(rows[a - 1][b] + 1, rows[a][b - 1] + 1, rows[a - 1][b - 1] + differs)
            if a > 1 and b > 1 and one[a - 1] == other[b - 2] and one[a - 2] == other[b - 1]:
                rows[a][b] = min(rows[a][b], rows[a - 2][b - 2] + 1)
    return rows[-1][-1]


@given(st.text("абв", max_size=7), st.text("абв", max_size=7))
def test_a_slip_is_a_distance_of_one_and_shares_a_cut(one, other):
    near = distance(one, other) == 1
    assert keys.is_slip(one, other) == near
    if near:
        assert set(keys.cuts(one)) & set(keys.cuts(other))
