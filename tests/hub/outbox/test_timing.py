"""Quiet hours, digests and cut-offs by the receiver's own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.choices import DigestRhythm
from hub.outbox.timing import next_digest, quiet_end

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")  # has daylight saving


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "since", "until", "end"),
    [
        ("2026-11-25 21:59", "22:00", "08:00", None),
        ("2026-11-25 22:00", "22:00", "08:00", "2026-11-26 08:00"),
        ("2026-11-26 07:59", "22:00", "08:00", "2026-11-26 08:00"),
        ("2026-11-26 08:00", "22:00", "08:00", None),
        ("2026-11-26 13:30", "13:00", "14:00", "2026-11-26 14:00"),
        ("2026-11-26 14:00", "13:00", "14:00", None),
        ("2026-11-26 14:00", "09:00", "09:00", None),
    ],
)
def test_quiet_hours(now, since, until, end):
    found = quiet_end(at(now), time.fromisoformat(since), time.fromisoformat(until), MOSCOW)
    assert found == (at(end) if end else None)


def test_quiet_hours_are_of_the_persons_zone():
    noon_in_moscow = at("2026-11-25 16:00")
    assert quiet_end(noon_in_moscow, time(22), time(8), ZoneInfo("Asia/Vladivostok")) == at(
        "2026-11-26 08:00", ZoneInfo("Asia/Vladivostok")
    )


def test_an_hour_that_clocks_show_twice_keeps_nobody_waiting_for_the_past():
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 in Berlin, for the second time
    assert quiet_end(again, time(22), time(2, 30), BERLIN) is None


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    since=st.times(),
    until=st.times(),
    zone=st.sampled_from([MOSCOW, BERLIN]),
)
def test_quiet_hours_end_within_a_day_and_outside_of_them(now, since, until, zone):
    end = quiet_end(now, since, until, zone)
    if end is not None:
        assert now < end <= now + timedelta(hours=25)
        assert quiet_end(end, since, until, zone) is None


@pytest.mark.parametrize(
    ("rhythm", "now", "window"),
    [
        (DigestRhythm.DAILY, "2026-11-25 08:59", "2026-11-25 09:00"),
        (DigestRhythm.DAILY, "2026-11-25 09:00", "2026-11-26 09:00"),
        (DigestRhythm.WEEKLY, "2026-11-25 08:00", "2026-11-30 09:00"),
        (DigestRhythm.WEEKLY, "2026-11-30 08:59", "2026-11-30 09:00"),
        (DigestRhythm.WEEKLY, "2026-11-30 09:00", "2026-12-07 09:00"),
    ],
)
def test_the_next_digest(rhythm, now, window):
    assert next_digest(at(now), rhythm, time(9), MOSCOW) == at(window)


def test_a_digest_keeps_its_hour_over_a_change_of_the_clock():
    before = at("2026-10-24 10:00", BERLIN)
    assert next_digest(before, DigestRhythm.DAILY, time(9), BERLIN).astimezone(BERLIN).hour == 9
