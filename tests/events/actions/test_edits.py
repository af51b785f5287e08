"""Published events that are changed: seen by the city at once, by a coordinator afterwards."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from events.actions.announcing import edit_event
from events.actions.changing import edit_following
from events.actions.edits import approve_edit, return_edit
from events.actions.stale import Stale
from events.actions.trusting import trust
from events.models import Event, EventEdit
from hub.approvals import AlreadyDecided, OwnSubmission, Refused
from hub.choices import State
from hub.models import Notification, Revision
from hub.uploads import store_picture
from tests import factories as f
from tests.architecture.cast import picture
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def change(event, by=None, **answers):
    fresh = Event.objects.get(pk=event.pk)
    return edit_event(fresh, answers, seen=fresh.sequence, by=by or event.created_by)


def sequence(event):
    return Event.objects.get(pk=event.pk).sequence


def test_the_city_sees_it_at_once_and_what_was_approved_is_kept():
    event = f.published(title="Чай")
    change(event, title="Кофе", place="Второй этаж")
    edit = EventEdit.objects.get()
    assert Event.objects.get().title == "Кофе"
    assert (edit.state, edit.submitted_by, edit.branch) == (State.SUBMITTED, event.created_by, event.branch)
    assert (edit.before["title"], edit.before["place"]) == ("Чай", event.place)


def test_edits_of_one_event_wait_as_one_with_what_the_coordinator_saw_last():
    event = f.published(title="Чай")
    change(event, title="Кофе")
    change(event, title="Какао")
    assert EventEdit.objects.get().before["title"] == "Чай"
    approve_edit(EventEdit.objects.get(), seen=sequence(event), by=f.coordinator())
    change(event, title="Компот")
    assert EventEdit.objects.submitted().get().before["title"] == "Какао"


def test_what_is_changed_back_waits_for_nobody():
    event = f.published(title="Чай")
    change(event, title="Кофе")
    change(event, title="Чай")
    assert not EventEdit.objects.exists()


def test_nobody_looks_at_what_need_not_be_looked_at():
    boss = f.coordinator()
    change(f.event(title="Черновик"), title="Другой черновик")
    change(f.published(title="Чай"), by=boss, title="Кофе")
    timed = f.published(title="Хор")
    change(timed, ends_at=timed.ends_at + (timed.ends_at - timed.starts_at))
    trusted = f.published(title="Доверяют")
    trust(trusted.organisers.get().community, by=boss)
    change(trusted, title="По-прежнему доверяют")
    assert not EventEdit.objects.exists()


def test_a_coordinator_does_not_look_at_what_they_changed_in_their_own_community():
    event = f.published(title="Чай")
    boss = f.coordinator()
    f.c.Stewardship.objects.filter(community__organised__event=event).update(user=boss)
    change(event, by=boss, title="Кофе")
    with pytest.raises(OwnSubmission):
        approve_edit(EventEdit.objects.get(), seen=sequence(event), by=boss)
    assert approve_edit(EventEdit.objects.get(), seen=sequence(event), by=f.coordinator()).decided_by


def test_what_waits_keeps_its_place_however_often_it_is_changed():
    event = f.published(title="Чай")
    change(event, title="Кофе")
    first = EventEdit.objects.get()
    other = f.coordinator()
    change(event, by=other, title="Какао")  # a coordinator's hand sends nothing
    change(event, title="Компот")
    edit = EventEdit.objects.get()
    assert (edit.submitted_at, edit.submitted_by) == (first.submitted_at, event.created_by)


def test_a_series_that_goes_on_otherwise_is_looked_at_too():
    event = f.published(title="Чай", rrule="FREQ=WEEKLY;COUNT=4")
    edit_following(event.occurrences.order_by("was_at")[2], {"title": "Кофе"}, seen=0, by=event.created_by)
    edit = EventEdit.objects.get()
    assert (edit.event.title, edit.before["title"]) == ("Кофе", "Чай")


def test_put_back_it_says_again_what_it_said_and_its_people_hear_why():
    event = f.published(title="Чай")
    venue = event.venue
    change(event, title="Казино", venue=None, place="Подвал")
    edit = EventEdit.objects.get()
    return_edit(edit, reason="Это не то, что мы одобряли", seen=sequence(event), by=f.coordinator())
    fresh = Event.objects.get()
    assert (fresh.title, fresh.venue, fresh.sequence) == ("Чай", venue, event.sequence + 2)
    assert fresh.occurrences.get().title == "Чай"
    [told] = Notification.objects.filter(kind="event_put_back")
    assert (told.user, told.context["reason"]) == (event.created_by, "Это не то, что мы одобряли")
    assert told.subject == "«Чай»: правку отменили"
    [trace] = Revision.objects.filter(action="put-back")
    assert trace.changed == ["place", "title", "venue_id"]


def test_put_back_too_late_no_date_that_was_over_meanwhile_says_it():
    event = f.published(place="зал 2", rrule="FREQ=WEEKLY;COUNT=3")
    with time_machine.travel(f.SATURDAY + timedelta(days=1), tick=False):
        change(event, place="Подвал")
    with time_machine.travel(f.SATURDAY + timedelta(days=8), tick=False):
        return_edit(EventEdit.objects.get(), reason="Нет", seen=sequence(event), by=f.coordinator())
    assert set(event.occurrences.values_list("place", flat=True)) == {"Библиотека имени Пушкина, зал 2"}


def test_what_is_gone_by_now_cannot_be_said_again():
    event = f.published(title="Чай")
    cover = store_picture(SimpleUploadedFile("афиша.png", picture()), by=event.created_by, public=True)
    Event.objects.update(cover=cover)
    change(event, title="Кофе", cover=None)
    cover.delete()
    return_edit(EventEdit.objects.get(), reason="Нет", seen=sequence(event), by=f.coordinator())
    fresh = Event.objects.get()
    assert (fresh.title, fresh.cover) == ("Чай", None)


def test_what_was_changed_while_it_was_read_is_read_again():
    event = f.published(title="Чай")
    change(event, title="Кофе")
    seen = sequence(event)
    change(event, title="Казино")
    for decide in (
        lambda: approve_edit(EventEdit.objects.get(), seen=seen, by=f.coordinator()),
        lambda: return_edit(EventEdit.objects.get(), reason="Нет", seen=seen, by=f.coordinator()),
    ):
        with pytest.raises(Stale, match="Посмотрите ещё раз"):
            decide()


def test_nobody_decides_on_their_own_or_twice_or_without_a_reason():
    edit = f.edited()
    seen = sequence(edit.event)
    with pytest.raises(OwnSubmission):
        approve_edit(edit, seen=seen, by=edit.submitted_by)
    with pytest.raises(Refused, match="Напишите"):
        return_edit(edit, reason=" ", seen=seen, by=f.coordinator())
    approve_edit(edit, seen=seen, by=f.coordinator())
    with pytest.raises(AlreadyDecided):
        return_edit(edit, reason="Нет", seen=seen, by=f.coordinator())


def test_what_waits_is_found_by_an_index():
    edit = f.edited()
    EventEdit.objects.bulk_create(
        EventEdit(event=edit.event, branch=edit.branch, before={}, state="retired") for _number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_eventedit")
    assert "Index Scan using event_edit_" in EventEdit.objects.in_branch(edit.branch).submitted().explain()


@pytest.mark.django_db(transaction=True)
def test_many_coordinators_decide_at_once_and_one_is_heard():
    event = f.published(title="Чай")
    change(event, title="Кофе")
    edit, seen = EventEdit.objects.get(), sequence(event)
    letting_be = partial(approve_edit, edit, seen=seen)
    putting_back = partial(return_edit, edit, seen=seen, reason="Прежнее было лучше")
    outcomes = at_once(
        *(partial(decide, by=f.coordinator()) for decide in [letting_be, putting_back] * 5), refusals=Refused
    )
    [decided] = [one for one in outcomes if isinstance(one, EventEdit)]
    title = {State.APPROVED: "Кофе", State.RETURNED: "Чай"}[decided.state]
    assert Event.objects.get().title == title
    assert Revision.objects.filter(target="events.eventedit", action__in=["approve", "return"]).count() == 1
