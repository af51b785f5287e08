"""Somebody registers for one date of a series: their own calendar has that date, wherever it goes, and no other."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.urls import reverse

from events.actions.announcing import edit_event
from events.actions.changing import cancel_event, cancel_occurrence, edit_following, move_occurrence
from events.actions.feeds import make_feed, token_of
from events.actions.registering import register, withdraw
from tests import factories as f

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def series():
    """Four Saturdays from the 16th of January, two seats each."""
    return f.opened(2, title="Мастерская", rrule="FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def guest():
    return f.UserFactory()


@pytest.fixture
def read(client, guest):
    """What a calendar program takes in, and shows between January and April."""

    def calendar(*sources):
        feed = make_feed(f.BranchFactory(), sources=sources or ["registered"], filters={}, by=guest)
        response = client.get(reverse("personal-ics", args=[token_of(feed)]))
        return icalendar.Calendar.from_ical(b"".join(response.streaming_content))

    return calendar


def nth(event, number):
    return event.occurrences.order_by("was_at")[number]


def shown(calendar):
    """Beginning and status of everything that the program shows."""
    rows = recurring_ical_events.of(calendar).between(date(2027, 1, 1), date(2027, 4, 1))
    times = sorted((row["DTSTART"].dt.astimezone(MOSCOW), str(row["STATUS"])) for row in rows)
    return [(f"{starts:%d.%m %H:%M}", status) for starts, status in times]


def entry(calendar):
    [row] = calendar.walk("VEVENT")
    return str(row["UID"]), int(row["SEQUENCE"]), row


def test_the_date_alone_and_where_it_goes(series, guest, read):
    place = f.registration(series, guest, 1)
    assert shown(read()) == [("23.01 15:00", "CONFIRMED")]
    uid, first, row = entry(read())
    assert "RRULE" not in row

    third = nth(series, 1)
    move_occurrence(third, third.starts_at + DAY, third.ends_at + DAY, note="Снег на перевале", by=guest)
    assert shown(read()) == [("24.01 15:00", "CONFIRMED")]
    moved, second, row = entry(read())
    assert (moved, second > first, row["COMMENT"]) == (uid, True, "Снег на перевале")

    cancel_occurrence(third, note="Ливень", by=guest)
    assert shown(read()) == [("24.01 15:00", "CANCELLED")]
    off, last, row = entry(read())
    assert (off, last > second, row["COMMENT"]) == (uid, True, "Ливень")

    withdraw(place, by=guest)
    assert shown(read()) == []


def test_two_dates_are_two_entries(series, guest, read):
    f.registration(series, guest, 0)
    f.registration(series, guest, 2)
    assert shown(read()) == [("16.01 15:00", "CONFIRMED"), ("30.01 15:00", "CONFIRMED")]
    assert len({str(row["UID"]) for row in read().walk("VEVENT")}) == 2


def test_it_stays_the_same_entry_when_the_whole_series_moves(series, guest, read):
    f.registration(series, guest, 1)
    uid, first, _row = entry(read())
    later = {"starts_at": series.starts_at + 3 * HOUR, "ends_at": series.ends_at + 3 * HOUR}
    edit_event(series, later, seen=0, by=guest)
    assert shown(read()) == [("23.01 18:00", "CONFIRMED")]
    moved, second, _row = entry(read())
    assert (moved, second > first) == (uid, True)


def test_it_stays_the_same_entry_when_the_series_goes_on_otherwise(series, guest, read):
    f.registration(series, guest, 3)
    edit_event(series, {"title": "Мастерская гончаров"}, seen=0, by=guest)
    uid, first, _row = entry(read())
    edit_following(nth(series, 2), {"title": "Мастерская стекла"}, seen=1, by=guest)
    moved, second, row = entry(read())
    assert (moved, second > first, row["SUMMARY"]) == (uid, True, "Мастерская стекла")


def test_the_whole_is_called_off(series, guest, read):
    f.registration(series, guest, 1)
    cancel_event(series, reason="Закрыли зал", by=guest)
    assert shown(read()) == [("23.01 15:00", "CANCELLED")]
    assert "Закрыли зал" in entry(read())[2]["DESCRIPTION"]


def test_a_date_that_took_place_is_not_called_off_with_the_rest(series, guest, read):
    f.registration(series, guest, 0)
    with time_machine.travel(datetime(2027, 1, 20, 9, tzinfo=UTC), tick=False):
        cancel_event(series, reason="Закрыли зал", by=guest)
        assert shown(read()) == [("16.01 15:00", "CONFIRMED")]
        assert "Закрыли зал" not in entry(read())[2]["DESCRIPTION"]


def test_whoever_waits_for_a_seat_is_not_sure(series, guest, read):
    first, _second = f.registration(series, number=1), f.registration(series, number=1)
    register(nth(series, 1), by=guest)
    assert shown(read()) == [("23.01 15:00", "TENTATIVE")]
    withdraw(first, by=first.user)
    assert shown(read()) == [("23.01 15:00", "CONFIRMED")]


def test_who_has_the_whole_series_has_the_date_once(series, guest, read):
    f.registration(series, guest, 1)
    assert [start for start, _status in shown(read("registered", "city"))] == [
        "16.01 15:00", "23.01 15:00", "30.01 15:00", "06.02 15:00",
    ]  # fmt: skip


def test_another_date_makes_the_calendar_another(series, guest, client):
    f.registration(series, guest, 0)
    feed = make_feed(f.BranchFactory(), sources=["registered"], filters={}, by=guest)
    path = reverse("personal-ics", args=[token_of(feed)])
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    f.registration(series, guest, 1)
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_do_not_grow_with_dates(series, guest, client, dates, django_assert_num_queries):
    for number in range(dates):
        f.registration(series, guest, number)
    feed = make_feed(f.BranchFactory(), sources=["registered"], filters={}, by=guest)
    path = reverse("personal-ics", args=[token_of(feed)])
    with django_assert_num_queries(7):
        b"".join(client.get(path).streaming_content)
