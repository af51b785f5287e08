"""What is over stays as it was, whatever becomes of the series: its time, its place, its people."""

from datetime import timedelta

import pytest
import time_machine

from events.actions.announcing import edit_event
from events.actions.changing import cancel_event, edit_following, move_occurrence, reinstate_event
from events.actions.horizon import roll_horizon
from events.actions.scheduling import write_occurrences
from events.models import Event, Occurrence
from hub.approvals import Refused
from hub.models import Notification
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
#: A Tuesday; the first five Saturdays of a weekly series are over then.
NOW = f.SATURDAY + 31 * DAY
NEXT = f.SATURDAY + 5 * WEEK


@pytest.fixture
def series():
    """Fifteen Saturdays; people went to the first, nobody to the second, and somebody registers for the sixth."""
    made = f.opened(rrule="FREQ=WEEKLY;COUNT=15")
    f.registration(made, number=0)
    f.walk_in(made)
    f.registration(made, number=5)
    with time_machine.travel(NOW, tick=False):
        yield made


def edit(event, **answers):
    event.refresh_from_db()
    return edit_event(event, answers, seen=event.sequence, by=event.created_by)


def rows(event, *, over):
    dates = event.occurrences.order_by("was_at").values()
    return [row for row in dates if (row["ends_at"] <= NOW) == over]


def starts(event, *, over=False):
    return [row["starts_at"] for row in rows(event, over=over)]


def told(number):
    """What the person who registered for the date of that number heard after that."""
    person = Occurrence.objects.order_by("was_at")[number].registrations.get().user
    return [row.kind for row in Notification.objects.filter(user=person).exclude(kind="registration_made")]


def test_another_hour_is_that_of_dates_to_come(series):
    before = rows(series, over=True)
    edit(series, starts_at=f.SATURDAY + HOUR, ends_at=f.SATURDAY + 3 * HOUR)
    assert rows(series, over=True) == before
    assert starts(series) == [NEXT + HOUR + n * WEEK for n in range(10)]
    assert told(5) == ["registration_moved"]


def test_another_day_of_the_week_takes_those_along_who_are_to_come(series):
    """The form lets nobody name a day that is over: the series begins anew on the next such day."""
    before, next_one = rows(series, over=True), NEXT + DAY
    edit(series, starts_at=next_one, ends_at=next_one + HOUR, rrule="FREQ=WEEKLY;COUNT=10")
    assert rows(series, over=True) == before
    assert starts(series) == [next_one + n * WEEK for n in range(10)]
    person = Occurrence.objects.get(was_at=next_one)
    assert (person.going, person.cancelled_at) == (1, None)
    assert (told(0), told(5)) == ([], ["registration_moved"])


def test_a_series_that_ends_sooner_or_becomes_one_date_has_been_all_the_same(series):
    before = rows(series, over=True)
    edit(series, rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")
    assert rows(series, over=True) == before
    edit(series, rrule="", starts_at=NEXT, ends_at=NEXT + HOUR)
    assert rows(series, over=True) == before
    assert starts(series) == [NEXT]


def test_nothing_that_is_over_comes_to_be(series):
    before = rows(series, over=True)
    edit(series, rrule="FREQ=WEEKLY;BYDAY=SA,SU;COUNT=60")
    assert rows(series, over=True) == before
    early = f.SATURDAY - 3 * WEEK
    edit(series, starts_at=early, ends_at=early + HOUR)
    assert rows(series, over=True) == before


def test_a_single_event_that_is_put_off_too_late_has_been_and_will_be():
    event = f.opened()
    goes = f.registration(event)
    with time_machine.travel(NOW, tick=False):
        before = rows(event, over=True)
        edit(event, starts_at=NEXT, ends_at=NEXT + HOUR)
        assert rows(event, over=True) == before
        assert starts(event) == [NEXT]
        edit(event, title="Прогулка вдвоём")
        assert event.occurrences.count() == 2
    assert list(goes.user.notifications.values_list("kind", flat=True)) == ["registration_made"]


def test_the_place_of_what_is_over_stays_and_its_name_is_that_of_the_event(series):
    edit(series, title="Прогулка к морю", venue=f.VenueFactory(name="Дом учителя"), capacity=7)
    past, coming = series.occurrences.order_by("was_at")[0], series.occurrences.order_by("was_at")[5]
    assert (past.title, past.place, past.capacity) == ("Прогулка к морю", "Библиотека имени Пушкина", None)
    assert (coming.title, coming.place, coming.capacity) == ("Прогулка к морю", "Дом учителя", 7)


def test_a_date_that_is_over_does_not_move_into_the_future(series):
    first = series.occurrences.order_by("was_at").first()
    with pytest.raises(Refused, match="уже прошла"):
        move_occurrence(first, NEXT + DAY, NEXT + DAY + HOUR, by=series.created_by)
    # When it really was may be put right.
    move_occurrence(first, f.SATURDAY + HOUR, f.SATURDAY + 3 * HOUR, by=series.created_by)
    assert series.occurrences.order_by("was_at").first().starts_at == f.SATURDAY + HOUR


def test_what_was_off_and_is_over_did_not_take_place(series):
    event = f.opened(rrule="FREQ=WEEKLY;COUNT=3", starts_at=NEXT, title="Хор")
    cancel_event(event, reason="Ремонт", by=event.created_by)
    with time_machine.travel(NEXT + DAY, tick=False):
        reinstate_event(event, by=event.created_by)
    off = event.occurrences.order_by("was_at").values_list("cancelled_at", flat=True)
    assert [moment is None for moment in off] == [False, True, True]


def test_what_nobody_has_seen_yet_is_simply_written_anew():
    draft = f.event(rrule="FREQ=WEEKLY;COUNT=3")
    with time_machine.travel(NOW, tick=False):
        edit(draft, starts_at=NEXT, ends_at=NEXT + HOUR)
    assert [row.starts_at for row in draft.occurrences.order_by("was_at")] == [
        NEXT + n * WEEK for n in range(3)
    ]


def test_from_a_date_on_the_past_goes_nowhere(series):
    before = rows(series, over=True)
    sixth = series.occurrences.order_by("was_at")[5]
    series.refresh_from_db()
    answers = {"starts_at": NEXT + DAY, "ends_at": NEXT + DAY + HOUR}
    edit_following(sixth, answers, seen=series.sequence, by=series.created_by)
    assert rows(series, over=True) == [row | {"event_id": series.pk} for row in before]
    assert starts(series) == []


def test_the_night_lets_it_alone(series):
    edit(series, starts_at=f.SATURDAY + HOUR, ends_at=f.SATURDAY + 3 * HOUR)
    early = series.occurrences.filter(was_at__gt=NOW).order_by("was_at").first()
    Occurrence.objects.filter(pk=early.pk).update(
        is_moved=True, starts_at=NOW - 3 * HOUR, ends_at=NOW - HOUR, was_at=early.was_at + HOUR
    )
    series.refresh_from_db()
    write_occurrences(series)
    before = rows(series, over=True)
    assert roll_horizon() == 0
    assert rows(series, over=True) == before
    assert Event.objects.get().occurrences.count() == 16
