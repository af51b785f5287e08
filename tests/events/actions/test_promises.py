"""Dates that people registered for: moved with them, called off before their eyes, never gone in silence."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from events import ics
from events.actions.announcing import edit_event
from events.actions.changing import (
    cancel_event,
    cancel_occurrence,
    edit_following,
    move_occurrence,
    reinstate_event,
    reinstate_occurrence,
)
from events.actions.horizon import roll_horizon
from events.actions.registering import register
from events.actions.scheduling import write_occurrences
from events.models import Event, Registration
from events.views.feeds import apart
from hub.approvals import Refused
from hub.models import Notification
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def series():
    """Four Saturdays; one person goes to the second, one waits for the third behind another."""
    return f.opened(1, rrule="FREQ=WEEKLY;COUNT=4")


def told(user):
    rows = Notification.objects.filter(user=user).exclude(kind="registration_made").order_by("pk")
    return [row.kind for row in rows]


def last(user):
    return Notification.objects.filter(user=user).latest("pk")


def edit(event, **answers):
    event.refresh_from_db()
    return edit_event(event, answers, seen=event.sequence, by=event.created_by)


def nth(event, number):
    return event.occurrences.order_by("was_at")[number]


def test_a_moved_date_is_told_once_to_whoever_goes_and_waits(series):
    goes, waits, stranger = (f.registration(series, number=n) for n in (1, 1, 2))
    date = nth(series, 1)
    move_occurrence(date, date.starts_at + DAY, date.ends_at + DAY, note="Зал занят", by=series.created_by)
    assert [told(row.user) for row in (goes, waits, stranger)] == [
        ["registration_moved"], ["registration_moved"], [],
    ]  # fmt: skip
    [moved] = last(goes.user).context["moves"]
    assert (moved["was"], moved["now"], moved["note"]) == (
        "23.01.2027, 15:00", "24.01.2027, 15:00", "Зал занят",
    )  # fmt: skip
    assert not any(moved[name] for name in ("place", "online", "link", "offline", "nowhere"))


def test_a_date_that_moves_back_is_told_again(series):
    goes = f.registration(series)
    date = nth(series, 0)
    for by in (DAY, -DAY):
        date.refresh_from_db()
        move_occurrence(date, date.starts_at + by, date.ends_at + by, by=series.created_by)
    assert told(goes.user) == ["registration_moved"] * 2


def test_another_place_for_one_date_is_told_to_whoever_goes_there(series):
    goes, stranger = f.registration(series, number=1), f.registration(series, number=2)
    date = nth(series, 1)
    move_occurrence(
        date, date.starts_at, date.ends_at, where=(None, "У фонтана"), note="Ремонт", by=series.created_by
    )
    assert (told(goes.user), told(stranger.user)) == (["registration_moved"], [])
    letter = last(goes.user).context
    [move] = letter["moves"]
    assert (move["was"], move["now"]) == ("23.01.2027, 15:00", "23.01.2027, 15:00")
    assert (move["place"], move["note"]) == ("У фонтана", "Ремонт")
    assert (letter["title"], letter["place"]) == (series.title, "У фонтана")


def test_a_place_of_its_own_is_not_news_when_the_whole_series_moves_house(series):
    goes, other = f.registration(series, number=1), f.registration(series, number=2)
    date = nth(series, 1)
    move_occurrence(date, date.starts_at, date.ends_at, where=(None, "У фонтана"), by=series.created_by)
    edit(series, venue=None, place="Парк")
    assert (told(goes.user), told(other.user)) == (["registration_moved"], ["registration_moved"])
    assert last(goes.user).context["place"] == "У фонтана"


def test_only_the_note_changed_is_no_news(series):
    goes = f.registration(series)
    date = nth(series, 0)
    move_occurrence(date, date.starts_at, date.ends_at + HOUR, note="…", by=series.created_by)
    assert told(goes.user) == []


def test_a_date_called_off(series):
    goes, stranger = f.registration(series, number=1), f.registration(series, number=2)
    cancel_occurrence(nth(series, 1), note="Праздник", by=series.created_by)
    cancel_occurrence(nth(series, 1), by=series.created_by)
    assert (told(goes.user), told(stranger.user)) == (["registration_off"], [])
    assert last(goes.user).context["dates"] == ["23.01.2027, 15:00"]
    assert last(goes.user).context["note"] == "Праздник"


def test_a_date_called_off_by_mistake_comes_back_with_its_people(series):
    goes, stranger = f.registration(series, number=1), f.registration(series, number=2)
    date, sequence = nth(series, 1), Event.objects.get().sequence
    cancel_occurrence(date, note="Праздник", by=series.created_by)
    reinstate_occurrence(date, by=series.created_by)
    reinstate_occurrence(date, by=series.created_by)
    date.refresh_from_db()
    assert (date.cancelled_at, date.note, date.going) == (None, "", 1)
    assert Event.objects.get().sequence == sequence + 2
    assert (told(goes.user), told(stranger.user)) == (["registration_off", "registration_on"], [])


def test_of_a_series_that_is_off_no_date_comes_back_alone(series):
    cancel_event(series, reason="Шторм", by=series.created_by)
    with pytest.raises(Refused, match="всё событие"):
        reinstate_occurrence(nth(series, 1), by=series.created_by)


def test_a_date_that_the_rule_has_no_more_does_not_come_back(series):
    goes = f.registration(series, number=3)
    edit(series, rrule="FREQ=WEEKLY;COUNT=2")
    with pytest.raises(Refused, match="По правилу"):
        reinstate_occurrence(goes.occurrence, by=series.created_by)


def test_a_date_called_off_by_hand_does_not_come_back_when_the_rule_has_it_no_more(series):
    goes = f.registration(series, number=3)
    cancel_occurrence(nth(series, 3), by=series.created_by)
    edit(series, rrule="FREQ=WEEKLY;COUNT=2")
    with pytest.raises(Refused, match="По правилу"):
        reinstate_occurrence(goes.occurrence, by=series.created_by)
    edit(series, rrule="FREQ=WEEKLY;COUNT=4")
    reinstate_occurrence(goes.occurrence, by=series.created_by)
    assert told(goes.user) == ["registration_off", "registration_on"]


def test_the_whole_comes_back_without_what_the_rule_has_lost_meanwhile(series):
    stays, goes = f.registration(series, number=1), f.registration(series, number=3)
    cancel_event(series, reason="Шторм", by=series.created_by)
    edit(series, rrule="FREQ=WEEKLY;COUNT=2")
    series.refresh_from_db()
    reinstate_event(series, by=series.created_by)
    goes.occurrence.refresh_from_db()
    assert (goes.occurrence.cancelled_at is None, goes.occurrence.is_dropped) == (False, True)
    assert series.occurrences.alive().count() == 2
    assert told(goes.user) == ["registration_off"]
    assert told(stays.user) == ["registration_off", "registration_on"]
    with time_machine.travel(f.SATURDAY - DAY, tick=False):
        assert roll_horizon() == 0


def test_a_single_event_comes_back_without_the_dates_of_the_series_that_it_was(series):
    goes = f.registration(series, number=2)
    cancel_event(series, reason="Шторм", by=series.created_by)
    edit(series, rrule="")
    series.refresh_from_db()
    reinstate_event(series, by=series.created_by)
    assert [row.starts_at for row in series.occurrences.alive()] == [f.SATURDAY]
    assert told(goes.user) == ["registration_off"]


def test_the_whole_called_off_is_one_letter_and_so_is_the_way_back(series):
    person = f.UserFactory()
    for number in range(3):
        f.registration(series, person, number)
    cancel_event(series, reason="Шторм", by=series.created_by)
    cancel_event(series, reason="Шторм", by=series.created_by)
    assert told(person) == ["registration_off"]
    assert (len(last(person).context["dates"]), last(person).context["whole"]) == (3, True)
    reinstate_event(series, by=series.created_by)
    assert told(person) == ["registration_off", "registration_on"]
    assert Registration.objects.of(person).going().count() == 3


def test_the_whole_series_at_another_hour_takes_its_people_along(series):
    goes, other = f.registration(series, number=1), f.registration(series, number=3)
    keys = set(series.occurrences.values_list("pk", flat=True))
    edit(series, starts_at=f.SATURDAY + 2 * HOUR, ends_at=f.SATURDAY + 4 * HOUR)
    goes.occurrence.refresh_from_db()
    assert goes.occurrence.starts_at == goes.occurrence.was_at == f.SATURDAY + WEEK + 2 * HOUR
    assert goes.occurrence.cancelled_at is None
    assert keys >= {goes.occurrence_id, other.occurrence_id}
    assert series.occurrences.count() == 4
    assert (told(goes.user), told(other.user)) == (["registration_moved"], ["registration_moved"])


def test_the_whole_series_on_another_day_takes_its_people_along(series):
    goes = f.registration(series, number=2)
    edit(series, starts_at=f.SATURDAY + DAY, ends_at=f.SATURDAY + DAY + HOUR)
    goes.occurrence.refresh_from_db()
    assert goes.occurrence.starts_at == f.SATURDAY + 2 * WEEK + DAY
    assert series.occurrences.alive().count() == 4


def test_a_single_event_moves_with_its_people():
    event = f.opened()
    goes = f.registration(event)
    edit(event, starts_at=f.SATURDAY + 9 * DAY, ends_at=f.SATURDAY + 9 * DAY + HOUR)
    date = event.occurrences.get()
    assert (date.pk, date.starts_at, date.going) == (goes.occurrence_id, f.SATURDAY + 9 * DAY, 1)
    assert told(goes.user) == ["registration_moved"]


def test_by_the_clock_of_the_place_also_over_a_change_of_clocks():
    berlin = ZoneInfo("Europe/Berlin")
    first = f.SATURDAY.astimezone(berlin).replace(month=3, day=20, hour=15)
    event = f.opened(
        starts_at=first, ends_at=first + HOUR, timezone="Europe/Berlin", rrule="FREQ=WEEKLY;COUNT=3"
    )
    goes = f.registration(event, number=2)  # 3 April, summer time
    edit(event, starts_at=first.replace(hour=16), ends_at=first.replace(hour=17))
    goes.occurrence.refresh_from_db()
    assert f"{goes.occurrence.starts_at.astimezone(berlin):%d.%m %H:%M}" == "03.04 16:00"
    assert goes.occurrence.cancelled_at is None


def test_a_date_that_the_new_rule_does_not_have_is_called_off(series):
    goes, stays = f.registration(series, number=1), f.registration(series, number=2)
    edit(series, rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")
    goes.occurrence.refresh_from_db()
    assert goes.occurrence.cancelled_at
    assert (told(goes.user), told(stays.user)) == (["registration_off"], [])
    # Those that nobody had registered for are gone as ever.
    assert [row.was_at for row in series.occurrences.order_by("was_at")] == [
        f.SATURDAY, f.SATURDAY + WEEK, f.SATURDAY + 2 * WEEK,
    ]  # fmt: skip
    series.refresh_from_db()
    write_occurrences(series)
    assert told(goes.user) == ["registration_off"]


def test_a_rule_that_has_it_again_brings_it_back(series):
    goes = f.registration(series, number=3)
    edit(series, rrule="FREQ=WEEKLY;COUNT=3")
    edit(series, rrule="FREQ=WEEKLY;COUNT=4")
    goes.occurrence.refresh_from_db()
    assert goes.occurrence.cancelled_at is None
    assert told(goes.user) == ["registration_off", "registration_on"]


def test_a_date_called_off_by_hand_stays_off_whatever_the_rule(series):
    f.registration(series, number=3)
    cancel_occurrence(nth(series, 3), by=series.created_by)
    edit(series, rrule="FREQ=WEEKLY;COUNT=3")
    edit(series, rrule="FREQ=WEEKLY;COUNT=4")
    assert nth(series, 3).cancelled_at


def test_a_series_that_becomes_a_single_event_is_not_off_in_calendars(series):
    f.registration(series, number=2)
    event = edit(series, rrule="")
    row = Event.objects.filter(pk=event.pk).filed().get()
    file = b"".join(ics.calendar([row], apart([row]), {}, name="", zone="Europe/Moscow", site="https://a"))
    assert file.count(b"BEGIN:VEVENT") == 1
    assert b"STATUS:CONFIRMED" in file


def test_what_is_over_stays_as_it_was(series):
    goes = f.registration(series, number=0)
    with time_machine.travel(f.SATURDAY + DAY, tick=False):
        edit(
            series, rrule="FREQ=WEEKLY;COUNT=2", starts_at=f.SATURDAY + WEEK, ends_at=f.SATURDAY + WEEK + HOUR
        )
    goes.occurrence.refresh_from_db()
    assert (goes.occurrence.was_at, goes.occurrence.cancelled_at) == (f.SATURDAY, None)
    assert told(goes.user) == []


def test_this_and_following_take_the_people_of_those_dates_along(series):
    before, after = f.registration(series, number=1), f.registration(series, number=3)
    date = nth(series, 3)
    move_occurrence(date, date.starts_at + DAY, date.ends_at + DAY, by=series.created_by)
    series.refresh_from_db()
    rest = edit_following(
        nth(series, 2),
        {"starts_at": f.SATURDAY + 2 * WEEK + HOUR, "ends_at": f.SATURDAY + 2 * WEEK + 3 * HOUR},
        seen=series.sequence,
        by=series.created_by,
    )
    after.occurrence.refresh_from_db()
    assert after.occurrence.event == rest
    # Moved by hand it keeps the time that its people were told.
    assert after.occurrence.starts_at == f.SATURDAY + 3 * WEEK + DAY
    assert (series.occurrences.count(), rest.occurrences.count()) == (2, 2)
    assert (told(before.user), told(after.user)) == ([], ["registration_moved"])
    # Under its new address the date takes people as before.
    assert register(nth(rest, 0), by=f.UserFactory()).state == "going"


def test_this_and_following_at_another_hour_is_told(series):
    goes = f.registration(series, number=3)
    at = f.SATURDAY + 2 * WEEK + HOUR
    edit_following(nth(series, 2), {"starts_at": at, "ends_at": at + HOUR}, seen=0, by=series.created_by)
    goes.occurrence.refresh_from_db()
    assert goes.occurrence.starts_at == f.SATURDAY + 3 * WEEK + HOUR
    assert told(goes.user) == ["registration_moved"]


def test_another_place_is_told_and_other_words_are_not(series):
    goes = f.registration(series)
    edit(series, description="Теперь с чаем")
    assert told(goes.user) == []
    edit(series, place="второй этаж")
    assert last(goes.user).context["moves"][0]["place"] == "Библиотека имени Пушкина, второй этаж"


def test_the_horizon_rolls_over_nobody(series):
    goes = f.registration(series, number=3)
    keys = set(series.occurrences.values_list("pk", flat=True))
    assert roll_horizon() == 0
    assert set(series.occurrences.values_list("pk", flat=True)) == keys
    assert told(goes.user) == []


def test_an_endless_series_that_was_called_off_gets_no_dates_that_take_place():
    event = f.opened(rrule="FREQ=WEEKLY")
    cancel_event(event, reason="Шторм", by=event.created_by)
    event.refresh_from_db()
    before = event.occurrences.count()
    write_occurrences(event, event.starts_at + 40 * WEEK)
    assert event.occurrences.count() > before
    assert not event.occurrences.alive().exists()


def test_twice_the_same_edit_tells_once(series):
    goes = f.registration(series)
    edit(series, place="второй этаж")
    edit(series, place="второй этаж")
    assert told(goes.user) == ["registration_moved"]
