"""Slips are mended by the words that a branch has."""

import pytest

from communities.actions.search import refresh_search_words
from communities.models import SearchWord
from tests.factories import BranchFactory, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    approved(name="Соседи Красной Поляны", short="Предложения в генеральный план")
    approved(name="Чайная среда", short="Собираем чайные плантации на карту")
    refresh_search_words()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("сосди", ["соседи"]),
        ("сооседи", ["соседи"]),
        ("сосеид", ["соседи"]),
        ("чаиная", ["чайная"]),
        ("плантцаии чайне", ["плантации", "чайные"]),
        ("cjctlb", ["соседи"]),  # typed in the other layout
        ("щщщщщ", ["щщщщщ"]),
    ],
)
def test_slips_are_mended(city, typed, meant):
    assert SearchWord.objects.meant(BranchFactory(), typed, typed.split()) == meant


def test_a_word_of_another_length_is_another_word():
    approved(name="Кино", short="Про кино")
    refresh_search_words()
    assert SearchWord.objects.meant(BranchFactory(), "прогулки", ["прогулки"]) == ["прогулки"]
