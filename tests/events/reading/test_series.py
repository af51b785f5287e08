"""Whatever a calendar repeats by, our rows say the same times as the library does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.reading import read
from events.recurrence import MOST
from tests.events.ics_files import MOSCOW, vcalendar, vevent

HOME = ZoneInfo("Europe/Moscow")
NOW = datetime(2027, 1, 10, 9, tzinfo=UTC)
SINCE = datetime(2027, 1, 1, tzinfo=HOME)
UNTIL = NOW + timedelta(days=550)


def moment(value):
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, HOME).astimezone(UTC)
    return (value if value.tzinfo else value.replace(tzinfo=HOME)).astimezone(UTC)


def truth(file: bytes) -> list:
    """(beginning, end) of all that begins in the window, from the library alone."""
    rows = recurring_ical_events.of(icalendar.Calendar.from_ical(file)).between(SINCE, UNTIL)
    found = [(moment(row["DTSTART"].dt), moment(row["DTEND"].dt)) for row in rows]
    return sorted((start, end) for start, end in found if SINCE <= start < UNTIL)


def ours(file: bytes) -> list:
    events = read(file, home=HOME, now=NOW).events
    rows = [
        (start.astimezone(UTC), end.astimezone(UTC)) for e in events for _, start, end, _ in e.dates(UNTIL)
    ]
    return sorted(row for row in rows if row[0] >= SINCE)


OVERRIDE = f"{MOSCOW}:20270130T150000"
SERIES = {
    "weekly": [vevent(rrule="FREQ=WEEKLY")],
    "weekly, with a count": [vevent(rrule="FREQ=WEEKLY;COUNT=5")],
    "weekly until a moment": [vevent(rrule="FREQ=WEEKLY;UNTIL=20270301T120000Z")],
    "weekly until a floating moment": [vevent(rrule="FREQ=WEEKLY;UNTIL=20270306T150000")],
    "all day until a day": [
        vevent(start=";VALUE=DATE:20270116", duration=None, rrule="FREQ=WEEKLY;UNTIL=20270306")
    ],
    "every other week on two days": [vevent(rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA;WKST=MO")],
    "since 2009": [vevent(start=f"{MOSCOW}:20090113T190000", rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")],
    "since 2009, with a count that ends": [
        vevent(start=f"{MOSCOW}:20090113T190000", rrule="FREQ=WEEKLY;COUNT=950")
    ],
    "yearly since 1960": [vevent(start=";VALUE=DATE:19600509", duration=None, rrule="FREQ=YEARLY")],
    "the last friday": [vevent(rrule="FREQ=MONTHLY;BYDAY=-1FR")],
    "the last working day": [vevent(rrule="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")],
    "the 31st": [vevent(start=f"{MOSCOW}:20270131T150000", rrule="FREQ=MONTHLY;BYMONTHDAY=31")],
    "left out": [vevent(rrule="FREQ=WEEKLY;COUNT=5", exdate=OVERRIDE)],
    "the first one left out": [vevent(rrule="FREQ=WEEKLY;COUNT=5", exdate=f"{MOSCOW}:20270116T150000")],
    "added": [vevent(rrule="FREQ=WEEKLY;COUNT=2", rdate=f"{MOSCOW}:20270120T190000,20270225T150000")],
    "only added": [vevent(rdate=f"{MOSCOW}:20270120T190000")],
    "moved": [
        vevent(rrule="FREQ=WEEKLY;COUNT=5"),
        vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=OVERRIDE),
    ],
    "moved to before the first": [
        vevent(rrule="FREQ=WEEKLY;COUNT=5"),
        vevent(start=f"{MOSCOW}:20270114T110000", recurrence_id=OVERRIDE),
    ],
    "longer once": [
        vevent(rrule="FREQ=WEEKLY;COUNT=5"),
        vevent(start=OVERRIDE, recurrence_id=OVERRIDE, duration="PT5H"),
    ],
    "a moved one that the rule does not know": [
        vevent(rrule="FREQ=WEEKLY;COUNT=3"),
        vevent(start=f"{MOSCOW}:20270331T110000", recurrence_id=f"{MOSCOW}:20270330T150000"),
    ],
    "this and the following moved": [
        vevent(rrule="FREQ=WEEKLY;COUNT=6"),
        vevent(start=f"{MOSCOW}:20270130T180000", recurrence_id=f";RANGE=THISANDFUTURE{OVERRIDE}"),
    ],
    "an override alone": [vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=OVERRIDE)],
    "in utc": [vevent(start=":20270116T220000Z", rrule="FREQ=WEEKLY;BYDAY=SA")],
    "in utc, by no day": [vevent(start=":20270116T220000Z", rrule="FREQ=WEEKLY")],
    "floating": [vevent(start=":20270116T150000", rrule="FREQ=WEEKLY;COUNT=30")],
    "in another zone, over its summer time": [
        vevent(start=";TZID=Europe/Berlin:20270116T150000", rrule="FREQ=WEEKLY")
    ],
    "all day": [vevent(start=";VALUE=DATE:20270116", duration=None, rrule="FREQ=WEEKLY;COUNT=4")],
    "all day, of three days": [
        vevent(start=";VALUE=DATE:20270116", duration=None, dtend=";VALUE=DATE:20270119", rrule="FREQ=MONTHLY")
    ],
    "all day, left out and added": [
        vevent(
            start=";VALUE=DATE:20270116", duration=None, rrule="FREQ=WEEKLY;COUNT=4",
            exdate=";VALUE=DATE:20270123", rdate=";VALUE=DATE:20270120",
        )
    ],
    "twice a day": [vevent(rrule="FREQ=DAILY;BYHOUR=10,18;COUNT=20")],
    "by the number of the week": [vevent(rrule="FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO")],
    "by the day of the year": [vevent(rrule="FREQ=YEARLY;BYYEARDAY=100,200")],
    "a rule that never comes true": [vevent(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")],
    "one that does beside one that does not": [
        vevent(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nRRULE:FREQ=WEEKLY;COUNT=5")
    ],
    "a zone that windows names": [
        vevent(start=";TZID=W. Europe Standard Time:20270116T150000", rrule="FREQ=WEEKLY;COUNT=20")
    ],
}  # fmt: skip


@pytest.mark.parametrize("start", [":20270116T220000Z", ":20270116T230000"])
def test_a_calendar_with_a_clock_of_its_own(start):
    event = vevent(start=start, rrule="FREQ=WEEKLY;BYDAY=SA,SU", exdate=start.replace("0116", "0117"))
    file = vcalendar(event, head="X-WR-TIMEZONE:Europe/Berlin\r\n")
    assert ours(file) == truth(file)
    [event] = read(file, home=HOME, now=NOW).events
    assert (event.timezone, bool(event.rrule)) == ("Europe/Berlin", True)


@pytest.mark.parametrize("name", SERIES)
def test_the_same_times_as_the_library(name):
    file = vcalendar(*SERIES[name])
    said = truth(file)
    assert ours(file) == said
    assert said


def test_a_day_that_does_not_exist_is_not_looked_for_day_by_day():
    # The library comes to the same after going through every day until the year 9999.
    never = vcalendar(vevent(rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))
    [event] = read(never, home=HOME, now=NOW).events
    assert (event.rrule, ours(never)) == ("", truth(vcalendar(vevent())))


def test_a_series_that_repeats_as_people_do_keeps_its_rule():
    ruled = ["weekly", "since 2009", "the last friday", "left out", "moved", "in utc", "all day"]
    for name in ruled:
        [event] = read(vcalendar(*SERIES[name]), home=HOME, now=NOW).events
        assert event.rrule, name


_days = st.lists(st.sampled_from("MO TU WE TH FR SA SU".split()), min_size=1, max_size=3, unique=True)
_rules = st.one_of(
    st.builds(lambda n, days: f"FREQ=WEEKLY;INTERVAL={n};BYDAY={','.join(days)}", st.integers(1, 4), _days),
    st.builds(lambda n: f"FREQ=DAILY;INTERVAL={n}", st.integers(2, 30)),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, st.integers(1, 5), st.integers(-3, 31).filter(bool)),
    st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from([-1, 1, 2, 3, 5]), st.sampled_from(["MO", "FR"])),
)  # fmt: skip
_ends = st.one_of(
    st.just(""), st.builds("COUNT={}".format, st.integers(1, 400)), st.just("UNTIL=20270601T120000Z")
)
_zones = st.sampled_from([MOSCOW, ";TZID=Europe/Berlin", ";TZID=Asia/Yekaterinburg", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rule=_rules,
    end=_ends,
    zone=_zones,
    day=st.dates(date(2023, 1, 1), date(2027, 6, 1)),
    left_out=st.integers(0, 60),
)
def test_any_rule_of_people_gives_the_same_times(rule, end, zone, day, left_out):
    start = f"{zone}:{day:%Y%m%d}T190000"
    exdate = f"{zone}:{SINCE + timedelta(days=left_out):%Y%m%d}T190000"
    file = vcalendar(vevent(start=start, rrule=f"{rule};{end}".rstrip(";"), exdate=exdate))
    # What is over for a day is not taken at all.
    known = truth(file)
    if any(row[1] > NOW for row in known):
        assert ours(file) == known


def test_a_series_of_every_day_is_bounded():
    """It must not grow past what a series may have, however long it is followed."""
    [event] = read(
        vcalendar(vevent(start=f"{MOSCOW}:19860113T190000", rrule="FREQ=DAILY")), home=HOME, now=NOW
    ).events
    assert "UNTIL" in event.rrule
    dates = event.dates(UNTIL + timedelta(days=3650))
    assert 500 < len(dates) < MOST
    assert dates[0][0].astimezone(HOME) == datetime(2027, 1, 1, 19, tzinfo=HOME)


def test_more_times_than_a_series_may_have_are_cut():
    [event] = read(vcalendar(vevent(rrule="FREQ=DAILY;BYHOUR=9,12,15,18")), home=HOME, now=NOW).events
    assert event.is_cut
    assert len(event.dates(UNTIL)) == MOST - 1


def test_a_known_series_begins_where_it_began_for_us():
    file = vcalendar(vevent(start=f"{MOSCOW}:20090113T190000", rrule="FREQ=WEEKLY"))
    [fresh] = read(file, home=HOME, now=NOW).events
    later = NOW + timedelta(days=100)
    [known] = read(file, home=HOME, now=later, anchors={fresh.uid: fresh.starts_at}).events
    assert known.starts_at == fresh.starts_at
    [other] = read(file, home=HOME, now=later).events
    assert other.starts_at > fresh.starts_at


def test_dates_that_are_called_off_or_other_are_told():
    third = f"{MOSCOW}:20270123T150000"
    off = vevent(start=third, recurrence_id=third, status="CANCELLED")
    moved = vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=OVERRIDE, comment="Из-за дождя")
    [event] = read(vcalendar(vevent(rrule="FREQ=WEEKLY;COUNT=4"), off, moved), home=HOME, now=NOW).events
    rows = [(was.astimezone(HOME), start.astimezone(HOME), off) for was, start, _, off in event.dates(UNTIL)]
    assert [(f"{was:%d}", f"{start:%d %H:%M}", off) for was, start, off in rows] == [
        ("16", "16 15:00", False), ("23", "23 15:00", True), ("30", "31 11:00", False), ("06", "06 15:00", False),
    ]  # fmt: skip
    assert [one.note for one in event.moved.values()] == ["", "Из-за дождя"]


@pytest.mark.parametrize(
    ("start", "head", "moment"),
    [
        (f"{MOSCOW}:20270116T150000", "", "20270306T205959Z"),
        (f"{MOSCOW}:20270116T003000", "", "20270306T205959Z"),
        # Late in the evening of that day, which is the next one in UTC.
        (";TZID=America/New_York:20270116T220000", "", "20270307T045959Z"),
        (":20270116T193000Z", "X-WR-TIMEZONE:Europe/Moscow\r\n", "20270306T205959Z"),
        (":20270116T150000", "", "20270306T235959"),
    ],
)
def test_a_bare_date_as_the_end_of_a_series_of_hours_is_the_whole_of_that_day(start, head, moment):
    """The library takes its midnight: it agrees with us once it is told the moment."""
    said, meant = (
        vcalendar(vevent(start=start, rrule=f"FREQ=DAILY;UNTIL={until}"), head=head)
        for until in ("20270306", moment)
    )
    assert ours(said) == truth(meant) == ours(meant)
    assert len(ours(said)) == 50


def said_by(file: bytes) -> list:
    """(beginning, name, place) of all dates, as the library has them."""
    rows = recurring_ical_events.of(icalendar.Calendar.from_ical(file)).between(SINCE, UNTIL)
    return sorted(
        (moment(row["DTSTART"].dt), str(row["SUMMARY"]), str(row.get("LOCATION", ""))) for row in rows
    )


def named(file: bytes) -> list:
    [event] = read(file, home=HOME, now=NOW).events
    found = []
    for was_at, start, _end, _off in event.dates(UNTIL):
        own = event.moved.get(was_at)
        title = event.title if own is None or own.title is None else own.title
        place = event.place if own is None or own.place is None else own.place
        found.append((start.astimezone(UTC), title, place))
    return sorted(found)


WHOLE = vevent(rrule="FREQ=WEEKLY;COUNT=5", location="Парк")


@pytest.mark.parametrize(
    "entries",
    [
        [WHOLE, vevent(start=OVERRIDE, recurrence_id=OVERRIDE, summary="Ночная", location="Дом культуры")],
        [WHOLE, vevent(start=OVERRIDE, recurrence_id=OVERRIDE, location="Дом культуры")],
        [WHOLE, vevent(start=OVERRIDE, recurrence_id=OVERRIDE, location="Парк", summary="Ночная")],
        # A whole entry that names no place is held at none.
        [WHOLE, vevent(start=OVERRIDE, recurrence_id=OVERRIDE)],
        [WHOLE, vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=OVERRIDE, location="Дом культуры")],
        [
            WHOLE,
            vevent(
                start=f"{MOSCOW}:20270130T190000", recurrence_id=f";RANGE=THISANDFUTURE{OVERRIDE}",
                summary="Вечерняя", location="Дом культуры",
            ),
        ],
        [
            vevent(rdate=f"{MOSCOW}:20270130T150000", location="Парк"),
            vevent(start=OVERRIDE, recurrence_id=OVERRIDE, location="Дом культуры"),
        ],
    ],
)  # fmt: skip
def test_a_date_is_named_and_held_as_the_library_says(entries):
    file = vcalendar(*entries)
    assert named(file) == said_by(file)
    assert len({row[1:] for row in said_by(file)}) == 2


@pytest.mark.parametrize(
    "entry",
    [
        # Only what is other is told of it.
        vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=OVERRIDE, summary=None),
        vevent(start=OVERRIDE, recurrence_id=OVERRIDE, status="CANCELLED"),
        # Nobody but its author is meant to read it.
        vevent(
            start=OVERRIDE, recurrence_id=OVERRIDE, summary="К врачу", location="Поликлиника",
            comment="Анализы", **{"class": "PRIVATE"},
        ),
    ],
)  # fmt: skip
def test_a_date_that_says_nothing_of_itself_is_named_and_held_as_the_rest(entry):
    [event] = read(vcalendar(WHOLE, entry), home=HOME, now=NOW).events
    assert {row[1:] for row in named(vcalendar(WHOLE, entry))} == {("Прогулка", "Парк")}
    assert not any(one.note for one in event.moved.values())
