"""A whole file: what comes, what does not and why; pages and pieces that are no calendar."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.choices import Refusal, SourceFault
from events.reading import MAX_BYTES, NotACalendar, read
from events.reading.whole import MOST_TAKEN
from tests.events.ics_files import MOSCOW, vcalendar, vevent

HOME = ZoneInfo("Europe/Moscow")
NOW = datetime(2027, 1, 10, 9, tzinfo=UTC)


def reading(*events, head=""):
    return read(vcalendar(*events, head=head), home=HOME, now=NOW)


def the_one(*events, head=""):
    found = reading(*events, head=head)
    assert found.refused == []
    [event] = found.events
    return event


def hours(event):
    return [f"{moment.astimezone(HOME):%d.%m %H:%M}" for moment in (event.starts_at, event.ends_at)]


# --- times --------------------------------------------------------------------------------------------

CUSTOM = """BEGIN:VTIMEZONE\r\nTZID:Наше время\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0500
TZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n""".replace("\n", "\r\n").replace("\r\r", "\r")


@pytest.mark.parametrize(
    ("start", "head", "zone", "begins"),
    [
        (f"{MOSCOW}:20270116T150000", "", "Europe/Moscow", "16.01 15:00"),
        (":20270116T120000Z", "", "Europe/Moscow", "16.01 15:00"),
        (":20270116T150000", "", "Europe/Moscow", "16.01 15:00"),
        (":20270116T150000", "X-WR-TIMEZONE:Asia/Yekaterinburg\r\n", "Asia/Yekaterinburg", "16.01 13:00"),
        (";TZID=Russian Standard Time:20270116T150000", "", "Europe/Moscow", "16.01 15:00"),
        (";TZID=GMT Standard Time:20270116T150000", "", "Europe/London", "16.01 18:00"),
        (';TZID="Asia/Yekaterinburg":20270116T150000', "", "Asia/Yekaterinburg", "16.01 13:00"),
        (
            ";TZID=/mozilla.org/2005/Asia/Yekaterinburg:20270116T150000",
            "",
            "Asia/Yekaterinburg",
            "16.01 13:00",
        ),
        (";TZID=Наше время:20270116T150000", CUSTOM, "Europe/Moscow", "16.01 13:00"),
        (";TZID=Nobody/Knows:20270116T150000", "", "Europe/Moscow", "16.01 15:00"),
    ],
)
def test_zones(start, head, zone, begins):
    event = the_one(vevent(start=start), head=head)
    assert (event.timezone, hours(event)[0]) == (zone, begins)


def test_two_files_may_mean_different_things_by_one_zone():
    other = CUSTOM.replace("+0500", "+0700")
    start = ";TZID=Наше время:20270116T150000"
    found = [hours(the_one(vevent(start=start), head=head))[0] for head in (CUSTOM, other, CUSTOM)]
    assert found == ["16.01 13:00", "16.01 11:00", "16.01 13:00"]


def test_a_zone_that_would_be_worked_out_for_ever_is_not_believed():
    wild = CUSTOM.replace("TZOFFSETFROM", "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM")
    assert hours(the_one(vevent(start=";TZID=Наше время:20270116T150000"), head=wild))[0] == "16.01 15:00"


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        ({"duration": None}, "16.01 16:00"),
        ({"duration": "PT0S"}, "16.01 16:00"),
        ({"duration": None, "dtend": f"{MOSCOW}:20270116T150000"}, "16.01 16:00"),
        ({"duration": "P1DT30M"}, "17.01 15:30"),
        ({"duration": None, "dtend": ":20270116T140000Z"}, "16.01 17:00"),
    ],
)
def test_ends_that_are_said_in_many_ways_or_not_at_all(lines, ends):
    assert hours(the_one(vevent(**lines)))[1] == ends


@pytest.mark.parametrize(
    "lines",
    [
        {"start": ";VALUE=DATE:20270116", "duration": None},
        {"start": ";VALUE=DATE:20270116", "duration": None, "dtend": ";VALUE=DATE:20270117"},
        {
            "start": f"{MOSCOW}:20270116T000000", "duration": None, "dtend": f"{MOSCOW}:20270117T000000",
            "x_microsoft_cdo_alldayevent": "TRUE",
        },
    ],
)  # fmt: skip
def test_whole_days(lines):
    event = the_one(vevent(**lines))
    assert (event.all_day, hours(event)) == (True, ["16.01 00:00", "17.01 00:00"])


# --- words --------------------------------------------------------------------------------------------


def test_texts_come_as_plain_words():
    event = the_one(
        vevent(
            summary="Прогулка\\, вторая\\nчасть",
            description='<p>Идём к <b>водопадам</b></p><br><a href="https://x.example/a">карта</a> &amp; фото',
            location="Парк «Ривьера»\\, вход 2",
            url="https://example.org/walk",
            categories="Тропы и походы,Личное",
        )
    )
    assert event.title == "Прогулка, вторая часть"
    assert event.description == (
        "Идём к водопадам\n\nкарта (https://x.example/a) & фото\n\nhttps://example.org/walk"
    )
    assert (event.place, event.topics) == ("Парк «Ривьера», вход 2", ["trails"])


def test_a_rule_of_a_changed_date_alone_is_looked_at_as_well():
    changed = vevent(recurrence_id=f"{MOSCOW}:20270123T150000", rrule="FREQ=DAILY;INTERVAL=0")
    found = reading(vevent(rrule="FREQ=WEEKLY;COUNT=3"), changed)
    assert [one.why for one in found.refused] == [Refusal.BROKEN]


def test_a_rule_too_long_for_us_comes_as_its_dates():
    days = ",".join(map(str, [*range(1, 32), *range(-31, 0)]))
    weekdays = ",".join(f"{number}{day}" for number in range(1, 6) for day in ("MO", "TU", "WE", "TH", "FR"))
    event = the_one(vevent(rrule=f"FREQ=MONTHLY;COUNT=9;BYMONTHDAY={days};BYDAY={weekdays}"))
    assert (event.rrule, len(event.rdates)) == ("", 9)


@pytest.mark.parametrize(
    "piece", ["<a ", "<a href=http://x", "<br ", "<", "&", "<b", "<a href='http://x.ru'>"]
)
def test_markup_without_an_end_is_not_looked_through_for_ever(piece):
    bad = vevent("bad@x", description="<b>" + piece * (400_000 // len(piece)))
    found = reading(bad, vevent("good@x", summary="Хорошее"))
    assert "Хорошее" in [event.title for event in found.events]
    assert all(len(event.description) <= 4000 for event in found.events)


def test_letters_that_turn_a_text_around_are_left_out():
    event = the_one(vevent(summary="Хор \u202eпесни\u2069 \uffff", description="Вход \u202dсвободный"))
    assert (event.title, event.description) == ("Хор песни", "Вход свободный")


@pytest.mark.parametrize("place", ["http://[::bad/", "https://-/x", "http://a b/", "http://host:99999999/"])
def test_what_only_looks_like_a_link_stays_a_place(place):
    event = the_one(vevent(location=place))
    assert (event.online_url, event.place) == ("", place)


def test_a_link_for_a_place_is_where_to_join():
    event = the_one(vevent(location="https://telemost.yandex.ru/j/862"))
    assert (event.place, event.online_url) == ("", "https://telemost.yandex.ru/j/862")


def test_long_words_are_cut_and_a_long_place_stays_in_the_description():
    event = the_one(vevent(summary="Слово " * 60, location="Далеко " * 60))
    assert len(event.title) <= 120
    assert event.title.endswith("…")
    assert len(event.place) <= 200
    assert event.description.startswith("Далеко Далеко")


def test_guests_and_organisers_are_not_read():
    guest = "ATTENDEE;CN=Канарейка:mailto:kanareika@example.org\r\nORGANIZER:mailto:kanareika@example.org\r\n"
    event = the_one(vevent().replace("END:VEVENT", f"{guest}END:VEVENT"))
    assert "kanareika" not in repr(event)


def test_an_old_program_writes_in_its_own_letters():
    raw = vcalendar(vevent(summary="Хор «Прибой»")).decode().encode("cp1251")
    [event] = read(raw, home=HOME, now=NOW).events
    assert event.title == "Хор «Прибой»"


def test_lines_folded_inside_a_letter():
    line = "SUMMARY:Прогулка".encode()
    raw = vcalendar(vevent()).replace(line, line[:11] + b"\r\n " + line[11:])
    [event] = read(raw, home=HOME, now=NOW).events
    assert event.title == "Прогулка"


# --- what does not come -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ({"start": ":garbage"}, Refusal.NO_START),
        ({"start": ":00010101T000000Z", "rrule": "FREQ=YEARLY"}, Refusal.NO_START),
        ({"duration": None, "dtend": ":garbage"}, Refusal.BROKEN),
        ({"rrule": "FREQ=SOMETIMES"}, Refusal.BROKEN),
        ({"duration": None, "dtend": ":20270115T150000Z"}, Refusal.ENDS_FIRST),
        ({"duration": "-PT1H"}, Refusal.ENDS_FIRST),
        ({"summary": None}, Refusal.NO_TITLE),
        ({"summary": "Занят"}, Refusal.BUSY),
        ({"class": "PRIVATE"}, Refusal.PRIVATE),
        ({"class": "CONFIDENTIAL"}, Refusal.PRIVATE),
        ({"duration": "P90D"}, Refusal.TOO_LONG),
        ({"rrule": "FREQ=SECONDLY"}, Refusal.TOO_OFTEN),
        ({"rrule": "FREQ=HOURLY;COUNT=3"}, Refusal.TOO_OFTEN),
        ({"rrule": "FREQ=DAILY;BYHOUR=1,2,3,4,5,6"}, Refusal.TOO_OFTEN),
        ({"rrule": "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30"}, Refusal.TOO_OFTEN),
        # Followed, it would be followed for ever.
        ({"rrule": "FREQ=DAILY;INTERVAL=0"}, Refusal.BROKEN),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=-1"}, Refusal.BROKEN),
        ({"rrule": f"FREQ=MONTHLY;BYMONTHDAY={','.join(['1'] * 1000)}"}, Refusal.MANY_DATES),
        ({"rdate": ",".join(["20270117T150000"] * 3001)}, Refusal.MANY_DATES),
        ({"exdate": ",".join(["20270117T150000"] * 3001)}, Refusal.MANY_DATES),
    ],
)
def test_what_does_not_come_is_named_and_the_others_come(lines, why):
    found = reading(vevent("bad@x", **lines), vevent("good@x", summary="Хорошее"))
    assert [event.title for event in found.events] == ["Хорошее"]
    assert [one.why for one in found.refused] == [why]
    assert (found.held_back == {"bad@x"}) is (why != Refusal.PRIVATE)


def test_what_is_over_is_only_counted():
    found = reading(
        vevent("a", start=f"{MOSCOW}:20150116T150000"),
        vevent("b", start=f"{MOSCOW}:20270105T150000"),
        vevent("c", start=f"{MOSCOW}:20200105T150000", rrule="FREQ=WEEKLY;COUNT=3"),
    )
    assert (found.events, found.past) == ([], 3)


def test_events_without_a_uid_are_known_by_their_beginning_and_name():
    events = [vevent("", summary="Один"), vevent("", summary="Два")]
    first, again = reading(*events), reading(*reversed(events))
    assert {event.uid for event in first.events} == {event.uid for event in again.events}
    assert len({event.uid for event in first.events}) == 2


def test_of_two_versions_the_newest_holds():
    found = reading(
        vevent(sequence="3", summary="Новое", last_modified="20270101T000000Z"),
        vevent(sequence="2", summary="Старое", last_modified="20270105T000000Z"),
    )
    assert [event.title for event in found.events] == ["Новое"]
    assert [(one.title, one.why) for one in found.refused] == [("Старое", Refusal.OLD_VERSION)]


def test_a_program_that_gives_all_events_one_uid():
    found = reading(vevent(summary="Один"), vevent(summary="Два", start=f"{MOSCOW}:20270117T150000"))
    assert [event.title for event in found.events] == ["Один", "Два"]
    assert len({event.uid for event in found.events}) == 2


def test_a_file_that_calls_off():
    assert the_one(vevent(), head="METHOD:CANCEL\r\n").cancelled
    assert the_one(vevent(status="CANCELLED")).cancelled
    assert not the_one(vevent(status="TENTATIVE")).cancelled


def test_a_long_uid_is_shortened_the_same_way_each_time():
    one, two = the_one(vevent("x" * 900)), the_one(vevent("x" * 900))
    assert one.uid == two.uid
    assert len(one.uid) <= 255


# --- what is no calendar ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", SourceFault.EMPTY),
        (b"  \r\n\r\n", SourceFault.EMPTY),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", SourceFault.WEB_PAGE),
        ("Ошибка".encode(), SourceFault.NOT_CALENDAR),
        (b"\x00\x01\x02\xff\xfe", SourceFault.NOT_CALENDAR),
        (b'{"error": "login"}', SourceFault.NOT_CALENDAR),
        (vcalendar(vevent())[:-20], SourceFault.CUT_OFF),
        (vcalendar(vevent()).replace(b"END:VEVENT\r\n", b""), SourceFault.CUT_OFF),
        (b"x" * (MAX_BYTES + 1), SourceFault.TOO_LARGE),
    ],
)
def test_pages_and_pieces(content, fault):
    with pytest.raises(NotACalendar) as told:
        read(content, home=HOME, now=NOW)
    assert told.value.fault == fault


def test_an_empty_calendar_is_one():
    assert reading().events == []


def test_a_feed_of_fifty_thousand_old_events_costs_little():
    old = "BEGIN:VEVENT\nUID:%d\nDTSTART:20100101T120000Z\nSUMMARY:A\nEND:VEVENT\n"
    inner = "".join(old % number for number in range(50_000))
    began = time.perf_counter()
    found = reading(inner, vevent())
    cost = time.perf_counter() - began
    assert (len(found.events), found.past) == (1, 50_000)
    # Parsing them would take a minute.
    assert cost < 10


def test_thousands_of_future_events_are_refused_with_words():
    events = [vevent(f"{number}@x") for number in range(3001)]
    with pytest.raises(NotACalendar) as told:
        reading(*events)
    assert told.value.fault == SourceFault.TOO_MANY


def test_so_many_are_taken_the_nearest_first():
    start = f"{MOSCOW}:202702%02dT150000"
    events = [vevent(f"{number}@x", start=start % (1 + number % 28)) for number in range(MOST_TAKEN + 20)]
    found = reading(vevent("near@x"), *events)
    assert len(found.events) == MOST_TAKEN
    assert found.events[0].uid == "near@x"
    assert {one.why for one in found.refused} == {Refusal.TOO_MANY}
    assert len(found.held_back) == 21


def test_a_calendar_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr("events.reading.whole.PATIENCE", -1)
    with pytest.raises(NotACalendar) as told:
        reading(vevent())
    assert told.value.fault == SourceFault.TOO_HARD


_LINES = [
    "BEGIN:VEVENT", "END:VEVENT", "DTSTART:20270116T150000Z", "SUMMARY:A", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=;COUNT=x",
    "DTSTART;TZID=:x", "EXDATE:20270116", "RDATE:x", "DURATION:P", "UID:", "BEGIN:VALARM", "END:VALARM",
    "DTEND:99999999T999999Z",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from(_LINES)), max_size=25))
def test_nothing_that_anybody_writes_breaks_the_reading(lines):
    raw = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode()
    try:
        found = read(raw, home=HOME, now=NOW)
    except NotACalendar:
        return
    for event in found.events:
        assert event.ends_at > event.starts_at
        assert "\x00" not in repr(event)


def test_a_single_event_is_taken_however_far_and_one_with_a_mistyped_year_is_not():
    far = vevent("far@x", start=f"{MOSCOW}:20300615T120000")
    found = reading(far, vevent("typo@x", start=f"{MOSCOW}:20720615T120000"))
    [event] = found.events
    assert (event.uid, event.starts_at) == ("far@x", datetime(2030, 6, 15, 12, tzinfo=HOME))
    assert [(one.day, one.why) for one in found.refused] == [("2072-06-15", Refusal.TOO_FAR)]
    assert (found.past, found.held_back) == (0, {"typo@x"})


def test_a_series_that_begins_behind_the_horizon_waits_and_is_not_over():
    found = reading(vevent(start=f"{MOSCOW}:20300615T120000", rrule="FREQ=WEEKLY"))
    assert (found.events, found.past, found.held_back) == ([], 0, {"walk@example.org"})
    assert [(one.day, one.why) for one in found.refused] == [("2030-06-15", Refusal.NOT_YET)]
