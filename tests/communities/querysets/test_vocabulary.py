"""Slips are mended by the words that a branch has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_a_number_is_the_same_in_either_layout():
    approved(name="Run 862")
    refresh_search_words()
    assert SearchWord.objects.meant(BranchFactory(), "rnu 862", ["rnu", "862"]) == ["run", "862"]


def test_a_word_of_another_length_is_another_word():
    approved(name="Кино", short="Про кино")
    refresh_search_words()
    assert SearchWord.objects.meant(BranchFactory(), "прогулки", ["прогулки"]) == ["прогулки"]


@pytest.mark.parametrize(
    ("typed", "most"),
    [
        ("сосди", 1),  # a lone word is known to be unknown
        ("сосди среда", 2),
        ("предлажение сабираем", 3),  # nothing is one slip away
        ("соседи красной поляны чайная среда генеральный карту сосди", 2),
        ("cjctlb", 1),
        ("hello world", 3),
    ],
)
def test_mending_takes_three_queries_at_most(city, typed, most, django_assert_num_queries):
    branch = BranchFactory()
    with django_assert_num_queries(most):
        SearchWord.objects.meant(branch, typed, typed.split())


def test_slips_are_looked_up_in_an_index_however_many_and_long_the_words(city):
    kazan = BranchFactory(slug="kazan", name="Казань")
    SearchWord.objects.bulk_create(SearchWord.of(kazan.pk, f"{n}достопримечательность") for n in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_word_slips')")
        cursor.execute("ANALYZE communities_searchword")
        with CaptureQueriesContext(connection) as asked:
            SearchWord.objects.mended(kazan, ["2999достопримечательнсть", "1достопримичательность"])
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = str(cursor.fetchall())
    assert "search_word_slips" in plan
    assert "Seq Scan" not in plan
