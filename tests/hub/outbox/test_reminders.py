"""Reminders: found by windows, said once however many look, silent once the thing is done."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.db.models.functions import Now

from hub.models import Delivery, Reminded
from hub.outbox import reminders
from hub.outbox.reminders import Reminder, scan
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def dated(greet):
    """Rows with a date: deliveries far in the future, which nothing else reminds of."""

    def make(count: int, away: timedelta):
        first = Delivery.objects.count()
        for number in range(first, first + count):
            greet(key=f"dated:{number}", email=f"p{number}@example.org")
        rows = Delivery.objects.order_by("-pk")[:count]
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state="held", next_try_at=Now() + away
        )

    return make


@pytest.fixture
def said(monkeypatch):
    """What a reminder at D-3, D-1 and D+2 says, as (key of the row, days of the offset)."""
    told: list[tuple[int, int]] = []
    reminder = Reminder(
        "test",
        rows=lambda: Delivery.objects.filter(channel="email"),
        dated="next_try_at",
        offsets=[-3 * DAY, -DAY, 2 * DAY],
        stop_when=Q(state="sent"),
        tell=lambda rows, offset: told.extend((row.pk, offset.days) for row in rows),
    )
    monkeypatch.setattr(reminders, "REMINDERS", [reminder])
    return told


@pytest.mark.parametrize(
    ("away", "offsets"),
    [
        (4 * DAY, []),
        (3 * DAY - timedelta(minutes=1), [-3]),
        (2 * DAY, [-3]),  # the day of D-3 was missed: it catches up
        (DAY - timedelta(minutes=1), [-1]),  # only the nearest, not all that was missed
        (-DAY, [-1]),
        (-2 * DAY - timedelta(minutes=1), [2]),
        (-5 * DAY, []),
    ],
)
def test_the_window(dated, said, away, offsets):
    dated(1, away)
    assert scan() == len(offsets)
    assert scan() == 0
    assert [offset for _pk, offset in said] == offsets


def test_done_things_are_silent(dated, said):
    dated(1, 2 * DAY)
    Delivery.objects.update(state="sent")
    assert scan() == 0


def test_a_date_that_moves_is_said_anew(dated, said):
    dated(1, 2 * DAY)
    scan()
    Delivery.objects.update(next_try_at=Now() + timedelta(days=2, hours=5))
    assert scan() == 1


def test_moments_before_the_beginning_do_not_catch_up(dated, said, monkeypatch):
    dated(1, 2 * DAY)
    [reminder] = reminders.REMINDERS
    late = Reminder(**{**vars(reminder), "since": "queued_at"})
    monkeypatch.setattr(reminders, "REMINDERS", [late])
    assert scan() == 0
    Delivery.objects.update(queued_at=Now() - 2 * DAY)
    assert scan() == 1


def test_a_row_that_cannot_be_told_of_keeps_nobody_elses(dated, said, monkeypatch, caplog):
    dated(5, 2 * DAY)
    poison, canary = Delivery.objects.order_by("pk")[2].pk, "Ольга, +7 900"
    [reminder] = reminders.REMINDERS

    def tell(rows, offset):
        if poison in [row.pk for row in rows]:
            raise ValueError(canary)
        reminder.tell(rows, offset)

    monkeypatch.setattr(reminders, "REMINDERS", [Reminder(**{**vars(reminder), "tell": tell})])
    assert scan() == 4
    assert len(said) == 4
    assert not Reminded.objects.filter(target=poison).exists()
    assert "row_not_told_of" in caplog.text
    assert canary not in caplog.text


def test_batches(dated, said, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 3)
    dated(7, 2 * DAY)
    assert scan() == 7
    assert len({pk for pk, _offset in said}) == 7


@pytest.mark.django_db(transaction=True)
def test_three_clocks_at_once_say_it_once(dated, said, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 4)
    dated(20, 2 * DAY)

    def look():
        return sum(scan() for _time in range(3))

    assert sum(at_once(*[look] * 3)) == 20
    assert sorted(said) == sorted(set(said))
    assert len(said) == 20
