"""Free times beside a clash: near, free, and of a series free on each of its dates."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from events.querysets.clashes import clashes
from events.querysets.slots import free_slots
from tests import factories as f
from tests.events.querysets.test_clashes import DAY, HOUR, plan

pytestmark = pytest.mark.django_db
MOSCOW = f.SATURDAY.tzinfo


def weekly(starts_at, weeks, **changed):
    times = [(starts_at + 7 * n * DAY, starts_at + 7 * n * DAY + 2 * HOUR) for n in range(weeks)]
    return plan(starts_at=starts_at, ends_at=starts_at + 2 * HOUR, times=times, **changed)


def test_free_times_are_near_and_free():
    f.published(title="Хор", starts_at=f.SATURDAY, ends_at=f.SATURDAY + 3 * HOUR)
    f.published(title="Лекция", starts_at=f.SATURDAY + DAY, ends_at=f.SATURDAY + DAY + 8 * HOUR)
    slots = free_slots(plan(), MOSCOW)
    assert len(slots) == 3
    for starts_at, ends_at in slots:
        assert ends_at - starts_at == 2 * HOUR
        assert clashes(plan(starts_at=starts_at, ends_at=ends_at)) == []
    assert slots[0][0] == f.SATURDAY + 3 * HOUR


def test_nobody_is_offered_what_has_passed():
    f.published(title="Хор")
    with time_machine.travel(f.SATURDAY + 3 * DAY):
        assert free_slots(plan(), MOSCOW)[0][0] > f.SATURDAY + 3 * DAY


def test_a_series_is_offered_what_is_free_each_week():
    f.published(title="Хор")
    # After it on the first Saturday all is free; on the second and the fourth it is not.
    f.published(
        title="Театр", starts_at=f.SATURDAY + 7 * DAY + 2 * HOUR, ends_at=f.SATURDAY + 7 * DAY + 7 * HOUR
    )
    f.published(title="Кино", starts_at=f.SATURDAY + 22 * DAY, ends_at=f.SATURDAY + 22 * DAY + HOUR)
    alone, series = plan(starts_at=f.SATURDAY, ends_at=f.SATURDAY + 2 * HOUR), weekly(f.SATURDAY, 4)
    assert free_slots(alone, MOSCOW)[0][0] == f.SATURDAY + 2 * HOUR
    slots = free_slots(series, MOSCOW)
    assert slots[0][0] == f.SATURDAY + DAY + HOUR
    for starts_at, _ends_at in slots:
        assert clashes(weekly(starts_at, 4)) == []


def test_a_series_moves_by_the_clock_of_its_place():
    """On 28 March 2027 clocks go on in Berlin: a day later than noon is noon, 23 hours later."""
    berlin = ZoneInfo("Europe/Berlin")
    noon = [datetime(2027, 3, day, 12, tzinfo=berlin) for day in (20, 27)]
    f.published(title="Хор", starts_at=noon[0] - 3 * HOUR, ends_at=noon[0] + 10 * HOUR)
    f.published(title="Театр", starts_at=noon[1] + DAY + 2 * HOUR, ends_at=noon[1] + DAY + 4 * HOUR)
    series = plan(starts_at=noon[0], ends_at=noon[0] + 2 * HOUR, times=[(at, at + 2 * HOUR) for at in noon])
    assert f"{free_slots(series, berlin)[0][0]:%d.%m %H:%M}" == "21.03 12:00"
