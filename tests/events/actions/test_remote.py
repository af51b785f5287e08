"""Connected calendars of other programs, and single events of them."""

import pytest
from django.utils import timezone

from events.actions.announcing import edit_event, return_event
from events.actions.changing import edit_following, move_occurrence
from events.actions.connecting import connect
from events.actions.following import load, read_due, read_now
from events.actions.remote import approve_all, hide, pause, resume, show
from events.actions.trusting import trust
from events.models import Event, ImportedEvent, Occurrence, RemoteCalendar
from hub.approvals import Refused
from hub.choices import State
from hub.models import Notification
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_pausing_and_going_on(site):
    source = f.remote_calendar(url=site.put("/feed.ics", f.CALENDAR))
    RemoteCalendar.objects.update(next_try_at=timezone.now())
    pause(source, by=source.added_by)
    assert read_due() == 0
    with pytest.raises(Refused, match="уже читается"):
        read_now(source)
    resume(source, by=source.added_by)
    assert read_due() == 1


def test_what_follows_a_source_is_not_changed_by_hand():
    event = f.remote_calendar().imported.get().event
    date = event.occurrences.get()
    for change in (
        lambda: edit_event(event, {"title": "Иначе"}, seen=0, by=event.created_by),
        lambda: edit_following(date, {"title": "Иначе"}, seen=0, by=event.created_by),
        lambda: move_occurrence(date, date.starts_at, date.ends_at, by=event.created_by),
    ):
        with pytest.raises(Refused, match="«Наш календарь»"):
            change()


def test_what_came_from_a_file_is_the_communitys_own():
    draft = f.looked_at()
    event = load(connect(draft, by=draft.added_by)).imported.get().event
    assert edit_event(event, {"title": "Иначе"}, seen=0, by=event.created_by).title == "Иначе"


def test_hiding_and_showing():
    community = f.approved().community
    trust(community, by=f.UserFactory())
    row = f.remote_calendar(community).imported.get()
    for _turn in range(2):
        hide(row, by=row.event.created_by)
    assert Event.objects.get().state == State.RETIRED
    assert not Occurrence.objects.listed().exists()
    for _turn in range(2):
        show(ImportedEvent.objects.get(), by=row.event.created_by)
    assert Event.objects.get().state == State.APPROVED
    assert Occurrence.objects.listed().count() == 1


def test_what_was_returned_and_is_hidden_is_not_sent_again_by_its_source():
    source = f.remote_calendar()
    row = source.imported.get()
    return_event(row.event, reason="Где?", by=f.coordinator())
    row = ImportedEvent.objects.get()
    hide(row, by=row.event.created_by)
    changed = f.CALENDAR.replace("Прогулка", "Поход")
    load(connect(f.looked_at(source.community, changed), by=source.added_by))
    assert Event.objects.get(pk=row.event_id).state == State.RETURNED


def test_a_coordinator_approves_all_of_one_calendar_at_one_word():
    source = f.remote_calendar()
    boss = f.coordinator()
    assert [approve_all(source, by=boss) for _turn in range(2)] == [1, 0]
    assert Event.objects.get().state == State.APPROVED
    assert list(Notification.objects.values_list("kind", flat=True)) == ["remote_approved"]
