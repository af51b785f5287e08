"""Events in the queue have a norm, and coordinators hear when it ends."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from events.actions.announcing import approve_event, publish
from events.actions.changing import cancel_event
from events.models import Event, Occurrence
from hub.models import Notification
from hub.outbox.letters import words_of
from hub.outbox.reminders import REMINDERS, scan
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told():
    return list(Notification.objects.filter(kind="queue_norm").order_by("pk"))


def sent(title):
    event = f.event(title=title)
    publish(event, by=event.created_by)
    Event.objects.filter(pk=event.pk).update(submitted_at=Now() - 9 * DAY)
    return Event.objects.get(pk=event.pk)


def test_late_events_are_told_once_by_name():
    boss = f.coordinator()
    late, decided, off = sent("Поздний чай"), sent("Решённый"), sent("Отменённый")
    approve_event(decided, by=f.UserFactory())
    cancel_event(off, reason="Дождь", by=off.created_by)
    Event.objects.update(decide_by=Now() - timedelta(minutes=1))
    scan()
    scan()
    [message] = told()
    assert (message.user, message.context["names"]) == (boss, [late.title])
    assert "ждут дольше нормы" in words_of(message).text


def test_the_morning_of_the_last_day():
    f.coordinator()
    sent("Чай")
    Event.objects.update(decide_by=Now() + timedelta(hours=9))
    scan()
    assert [message.context["late"] for message in told()] == [False]


@pytest.mark.parametrize(
    ("code", "index"), [("event-norm", "event_norm"), ("attendance-list", "occurrence_attended")]
)
def test_a_scan_has_an_index_of_its_own(code, index):
    event = f.event()
    Event.objects.bulk_create(
        Event(
            branch=event.branch, slug=f"e{number}", uid=f"e{number}", title="…", starts_at=event.starts_at,
            ends_at=event.ends_at, timezone=event.timezone, created_by=event.created_by, state="submitted",
            submitted_by=event.created_by, submitted_at=Now() - 9 * DAY, decide_by=Now() + 90 * DAY,
        )
        for number in range(2000)
    )  # fmt: skip
    like = event.occurrences.get()
    rows = []
    for number, other in enumerate(Event.objects.exclude(pk=event.pk).values_list("pk", flat=True)):
        row = copy(like)
        row.pk, row.event_id, row.is_listed, row.going = None, other, True, 1
        row.starts_at = like.starts_at + number * DAY
        row.ends_at = row.starts_at + timedelta(hours=1)
        rows.append(row)
    Occurrence.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event, events_occurrence")
    reminder = next(one for one in REMINDERS if one.code == code)
    assert index in reminder.due(0).explain()
