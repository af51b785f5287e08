"""The calendar's reads: a capped day, long events in each of their days, filters before the cap."""

from datetime import timedelta

import pytest

from events.models import Occurrence
from events.querysets.occurrence import A_DAY
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = f.SATURDAY.date()
ONE = timedelta(days=1)


def month(**where):
    return Occurrence.objects.listed().filter(**where).month(DAY - 10 * ONE, DAY + 10 * ONE)


def test_an_empty_month_has_all_of_its_days():
    days = month()
    assert len(days) == 21
    assert {day.total for day in days.values()} == {0}


def test_a_full_day_shows_some_and_counts_all(django_assert_num_queries):
    community = f.approved().community
    for number in range(6):
        f.published(community, title=f"Событие {number}", starts_at=f.SATURDAY + timedelta(minutes=number))
    f.event(community, title="Черновик")
    with django_assert_num_queries(2):
        days = month()
    assert [row["title"] for row in days[DAY].rows] == [f"Событие {n}" for n in range(A_DAY)]
    assert (days[DAY].total, days[DAY].more) == (6, 2)
    assert days[DAY + ONE].total == 0


def test_what_lasts_stands_in_each_of_its_days_before_the_rest():
    f.published(title="Фестиваль", starts_at=f.SATURDAY - ONE, ends_at=f.SATURDAY + 2 * ONE)
    f.published(title="Прогулка")
    days = month()
    titles = {day: [row["title"] for row in shown.rows] for day, shown in days.items() if shown.rows}
    assert titles == {
        DAY - ONE: ["Фестиваль"],
        DAY: ["Фестиваль", "Прогулка"],
        DAY + ONE: ["Фестиваль"],
        DAY + 2 * ONE: ["Фестиваль"],
    }


def test_what_began_before_the_month_is_in_it():
    f.published(title="Выставка", starts_at=f.SATURDAY - 20 * ONE, ends_at=f.SATURDAY)
    assert month()[DAY - 10 * ONE].rows[0]["title"] == "Выставка"


def test_filters_come_before_the_cap():
    community = f.approved().community
    for number in range(A_DAY):
        f.published(community, title=f"Тропа {number}")
    f.published(community, title="Хор", topics=["music"], starts_at=f.SATURDAY + timedelta(hours=1))
    days = month(topics__overlap=["music"])
    assert [row["title"] for row in days[DAY].rows] == ["Хор"]


def test_between_takes_what_touches_the_days():
    f.published(title="До", starts_at=f.SATURDAY - 2 * ONE)
    f.published(title="Через", starts_at=f.SATURDAY - ONE, ends_at=f.SATURDAY + timedelta(hours=1))
    f.published(title="В", starts_at=f.SATURDAY)
    f.published(title="После", starts_at=f.SATURDAY + ONE)
    found = Occurrence.objects.between(DAY, DAY).values_list("title", flat=True)
    assert sorted(found) == ["В", "Через"]
