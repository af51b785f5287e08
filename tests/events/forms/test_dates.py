"""Another time for one date: days that no calendar has are refused in words, never with an error page."""

from datetime import date, timedelta

import pytest
import time_machine

from events.forms.dates import DateForm
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel("2027-01-14T09:00Z", tick=False):
        yield


def form(day: str, **said: str) -> DateForm:
    occurrence = f.published(rrule="FREQ=WEEKLY;COUNT=4").occurrences.order_by("was_at")[1]
    return DateForm({"day": day, "start": "12:00"} | said, occurrence=occurrence)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("9999-12-31", "Проверьте год"),
        ("0001-01-01", "Проверьте год"),
        ("20000-01-01", "Такого дня нет"),
        ("2027-02-30", "Такого дня нет"),
        ("2045-01-01", "больше чем через пять лет"),
        ("2027-01-13", "уже прошёл"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(day, words):
    refused = form(day)
    assert not refused.is_valid()
    assert words in refused.errors["day"][0]


def test_a_date_may_move_to_today_and_one_that_is_over_may_keep_its_day():
    assert form("2027-01-14").is_valid()
    occurrence = f.published().occurrences.get()
    with time_machine.travel(occurrence.ends_at + timedelta(days=1), tick=False):
        kept = DateForm({"day": "2027-01-16", "start": "14:00"}, occurrence=occurrence)
        assert kept.is_valid()
        assert kept.cleaned_data["day"] == date(2027, 1, 16)


FRIDAY = f.SATURDAY.replace(day=15, hour=18)


@pytest.mark.parametrize(
    ("lasts", "said", "ends"),
    [
        (45, {"start": "18:00", "end": "15:00"}, "24 15:00"),  # Friday to Sunday
        (45, {"start": "20:00", "end": "12:00"}, "24 12:00"),
        (24, {"start": "18:00", "end": "18:00"}, "23 18:00"),
        (5, {"start": "18:00", "end": "23:00"}, "22 23:00"),
        (6, {"start": "18:00", "end": "00:00"}, "23 00:00"),
        (6, {"start": "20:00", "end": "01:00"}, "23 01:00"),
        (6, {"start": "12:00", "end": "18:00"}, "22 18:00"),  # past midnight no more
    ],
)
def test_it_goes_on_over_as_many_nights_as_before(lasts, said, ends):
    event = f.published(starts_at=FRIDAY, ends_at=FRIDAY + timedelta(hours=lasts))
    moved = DateForm({"day": "2027-01-22"} | said, occurrence=event.occurrences.get())
    assert moved.is_valid(), moved.errors
    assert f"{moved.cleaned_data['ends_at']:%d %H:%M}" == ends
