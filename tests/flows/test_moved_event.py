"""A single event whose only date is moved has moved: its page, form, feeds, open data and letters say one time."""

from datetime import date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.urls import reverse

from events.actions.announcing import edit_event
from events.actions.changing import cancel_occurrence, move_occurrence, reinstate_occurrence
from events.actions.support import prove_support
from events.models import Occurrence, StateEventSupport
from hub.approvals import Refused
from hub.models import Notification
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUNDAY = f.SATURDAY + 8 * DAY - 3 * HOUR  # 24 January, 12:00


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(f.SATURDAY - 5 * DAY, tick=False):
        yield


def entries(client, address):
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    rows = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(2027, 1, 1), date(2027, 3, 1)
    )
    return [(str(row["UID"]), int(row["SEQUENCE"]), str(row["STATUS"]), row["DTSTART"].dt) for row in rows]


def moved(event, to=SUNDAY):
    row = event.occurrences.get()
    move_occurrence(row, to, to + 2 * HOUR, note="Зал занят", by=event.created_by)
    event.refresh_from_db()
    return event.occurrences.get()


def test_every_place_tells_the_new_time(client):
    event = f.opened()
    goes = f.registration(event)
    page = event.get_absolute_url()
    mine = "/cabinet/registrations.ics"
    guest = Visitor(goes.user).client
    before = [entries(client, "/calendar.ics"), entries(guest, mine)]

    leader = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/dates/{goes.occurrence_id}/")
    leader.send(press=("do", "move"), day="2027-01-24", start="12:00", end="14:00", note="Зал занят")
    event.refresh_from_db()
    row = event.occurrences.get()
    assert (event.starts_at, event.ends_at, event.sequence) == (SUNDAY, SUNDAY + 2 * HOUR, 1)
    assert (row.pk, row.starts_at, row.going) == (goes.occurrence_id, SUNDAY, 1)

    # The same entries of a calendar, at another time.
    after = [entries(client, "/calendar.ics"), entries(guest, mine)]
    for [(uid, sequence, *_)], [(same, raised, status, starts)] in zip(before, after, strict=True):
        assert (same, raised, status, starts) == (uid, sequence + 1, "CONFIRMED", SUNDAY)
    assert entries(client, f"{page.rstrip('/')}.ics") == after[0]

    assert Visitor().open(page).sees("24 января", "12:00", "было 16 января, 15:00", "Зал занят")
    form = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/")
    assert all(words in form.html for words in ('value="2027-01-24"', 'value="12:00"', 'value="14:00"'))
    assert "24.01.2027 12:00" in client.get("/calendar.rss").content.decode()
    for address in (reverse("api-event-detail", args=[event.slug]), reverse("api-occurrence-list")):
        answer = client.get(address).json()
        said = answer["results"][0] if "results" in answer else answer
        assert datetime.fromisoformat(said["starts_at"]) == SUNDAY
    [told] = Notification.objects.filter(user=goes.user, kind="registration_moved")
    assert [told.context["moves"][0][name] for name in ("was", "now", "note")] == [
        "16.01.2027, 15:00", "24.01.2027, 12:00", "Зал занят",
    ]  # fmt: skip


def test_what_a_state_event_is_helped_with_is_shown_once_it_has_been():
    support = f.accepted()
    event = support.event
    row = event.occurrences.get()
    to = row.starts_at + 7 * DAY
    moved(event, to)
    proof = {"report": "Помогли", "link": "https://a.example", "photo": None, "by": support.offered_by}
    with time_machine.travel(to - DAY, tick=False), pytest.raises(Refused, match="ещё не началось"):
        prove_support(support, **proof)
    # By this moment it is reminded of.
    assert StateEventSupport.objects.proof_due().get().event.ends_at == to + 2 * HOUR
    with time_machine.travel(to + HOUR, tick=False):
        assert prove_support(support, **proof).state == "submitted"


def test_later_edits_keep_the_new_time_and_what_it_was_to_be():
    event = f.opened()
    goes = f.registration(event)
    row = moved(event)
    edit_event(event, {"title": "Прогулка вдвоём"}, seen=1, by=event.created_by)
    event.refresh_from_db()
    again = event.occurrences.get()
    assert (again.pk, again.was_at, again.starts_at) == (row.pk, f.SATURDAY, SUNDAY)
    at = SUNDAY + DAY
    edit_event(event, {"starts_at": at, "ends_at": at + HOUR}, seen=2, by=event.created_by)
    again = event.occurrences.get()
    assert (again.pk, again.was_at, again.starts_at, again.ends_at) == (row.pk, f.SATURDAY, at, at + HOUR)
    assert Notification.objects.filter(user=goes.user, kind="registration_moved").count() == 2


def test_moved_it_can_be_called_off_and_taken_back(client):
    event = f.opened()
    row = moved(event)
    cancel_occurrence(row, by=event.created_by)
    assert [entry[2:] for entry in entries(client, "/calendar.ics")] == [("CANCELLED", SUNDAY)]
    reinstate_occurrence(row, by=event.created_by)
    assert [entry[2:] for entry in entries(client, "/calendar.ics")] == [("CONFIRMED", SUNDAY)]


def test_moved_back_it_is_where_it_was():
    event = f.opened()
    moved(event)
    row = moved(event, f.SATURDAY)
    assert (event.starts_at, row.was_at, row.starts_at) == (f.SATURDAY, f.SATURDAY, f.SATURDAY)
    at = f.SATURDAY + HOUR
    edit_event(event, {"starts_at": at, "ends_at": at + HOUR}, seen=2, by=event.created_by)
    assert event.occurrences.get().starts_at == at


def test_moved_and_over_it_has_been_then():
    event = f.opened()
    moved(event)
    with time_machine.travel(SUNDAY + DAY, tick=False):
        event.refresh_from_db()
        edit_event(event, {"title": "Прогулка вдвоём"}, seen=1, by=event.created_by)
        assert [row.starts_at for row in event.occurrences.all()] == [SUNDAY]
        event.refresh_from_db()
        at = SUNDAY + 7 * DAY
        edit_event(event, {"starts_at": at, "ends_at": at + HOUR}, seen=2, by=event.created_by)
    assert list(Occurrence.objects.order_by("starts_at").values_list("starts_at", flat=True)) == [SUNDAY, at]


def test_moved_and_then_a_series_its_date_is_the_first_of_them():
    event = f.opened()
    goes = f.registration(event)
    earlier = f.SATURDAY - 2 * DAY
    moved(event, earlier)
    edit_event(event, {"rrule": "FREQ=DAILY;COUNT=4"}, seen=1, by=event.created_by)
    dates = [(row.pk, row.starts_at) for row in event.occurrences.order_by("was_at")]
    assert dates[0] == (goes.occurrence_id, earlier)
    assert [starts for _pk, starts in dates] == [earlier + n * DAY for n in range(4)]
    assert Notification.objects.filter(user=goes.user, kind="registration_moved").count() == 1
