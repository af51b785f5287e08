"""Feeds say exactly what our rows say: parsed by one library, expanded by another."""

import tracemalloc
from copy import copy
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.db.models.functions import Now
from django.urls import reverse

from communities.models import CensusRecord
from events.actions.announcing import answer_invitation, edit_event, invite_organiser
from events.actions.changing import cancel_event, cancel_occurrence, edit_following, move_occurrence
from events.actions.connecting import connect, look_at_file
from events.actions.following import load
from events.models import CalendarChange, Event, Occurrence
from events.recurrence import HORIZON
from events.views import feeds
from events.views.feeds import PAST
from hub.choices import State
from hub.prepared import Prepared
from tests import factories as f

pytestmark = pytest.mark.django_db
FEED = reverse("calendar-ics")
HOUR, ONE, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
NOW = datetime(2027, 1, 14, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(NOW, tick=False):
        yield


def body(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return b"".join(response.streaming_content) if response.streaming else response.content


def moment(value, zone):
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def expanded(raw, since=NOW - PAST, until=NOW + HORIZON):
    """(uid, start, end, called off, name, place) of everything that a calendar reads out of the file."""
    calendar = icalendar.Calendar.from_ical(raw)
    zones = dict(Event.objects.values_list("uid", "timezone"))
    found = set()
    for one in recurring_ical_events.of(calendar, keep_recurrence_attributes=True).between(since, until):
        zone = zones[str(one["UID"])]
        times = (moment(one["DTSTART"].dt, zone), moment(one["DTEND"].dt, zone))
        said = (str(one["SUMMARY"]), str(one.get("LOCATION", "")))
        found.add((str(one["UID"]), *times, one["STATUS"] == "CANCELLED", *said))
    return found


def written(since=NOW - PAST, until=NOW + HORIZON):
    rows = Occurrence.objects.listed().filter(ends_at__gt=since, starts_at__lt=until)
    return {
        (
            row.event.uid,
            row.starts_at.astimezone(UTC),
            row.ends_at.astimezone(UTC),
            row.cancelled_at is not None,
            row.title,
            ", ".join(filter(None, (row.place, row.venue and row.venue.address))),
        )
        for row in rows.select_related("event", "venue")
    }


def one():
    return f.published()


def moved_one():
    event = f.published()
    date = event.occurrences.get()
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE + HOUR, by=event.created_by)


def called_off_one():
    event = f.published()
    cancel_event(event, reason="Дождь, ветер; град", by=event.created_by)


def series(**more):
    return f.published(rrule="FREQ=WEEKLY;COUNT=8", **more)


def series_until_a_day():
    assert f.published(rrule="FREQ=WEEKLY;UNTIL=20270306").occurrences.count() == 8


def endless_series():
    f.published(rrule="FREQ=WEEKLY;BYDAY=SA")


def left_out():
    series(exdates=[f.SATURDAY + WEEK, f.SATURDAY + 3 * WEEK])


def moved_and_called_off_dates():
    event = series()
    dates = list(event.occurrences.order_by("was_at"))
    move_occurrence(
        dates[2], dates[2].starts_at + ONE, dates[2].ends_at + ONE, note="Зал, занят", by=event.created_by
    )
    cancel_occurrence(dates[4], by=event.created_by)
    cancel_occurrence(dates[2], by=event.created_by)


def called_off_series_that_had_begun():
    event = series(starts_at=f.SATURDAY - 3 * WEEK)
    dates = list(event.occurrences.order_by("was_at"))
    move_occurrence(dates[6], dates[6].starts_at + ONE, dates[6].ends_at + ONE, by=event.created_by)
    cancel_event(event, reason="", by=event.created_by)


def at_other_places():
    event = series(place="зал 2")
    hall = f.VenueFactory(name="Дом культуры; малый", address="Навагинская, 9")
    own = [
        ("Ночь, кино", (hall, "вход со двора")),
        (None, (None, "У фонтана")),
        (None, (None, "")),
        ("Хор", None),
    ]
    for date, (title, where) in zip(event.occurrences.order_by("was_at")[1:5], own, strict=True):
        event.occurrences.filter(pk=date.pk).update(own_title=title)
        move_occurrence(date, date.starts_at, date.ends_at, where=where, by=event.created_by)
    cancel_occurrence(event.occurrences.order_by("was_at")[2], by=event.created_by)


def called_off_with_other_places():
    at_other_places()
    event = Event.objects.get()
    cancel_event(event, reason="Дождь", by=event.created_by)


def one_at_another_place():
    event = f.published()
    date = event.occurrences.get()
    event.occurrences.update(own_title="В парке")
    where = (None, "Парк «Ривьера»")
    move_occurrence(date, date.starts_at, date.ends_at, where=where, by=event.created_by)


def all_day():
    midnight = f.SATURDAY.replace(hour=0)
    f.published(all_day=True, starts_at=midnight, ends_at=midnight + ONE)
    event = f.published(
        all_day=True, starts_at=midnight, ends_at=midnight + 3 * ONE, rrule="FREQ=MONTHLY;COUNT=4"
    )
    date = event.occurrences.order_by("was_at")[1]
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=event.created_by)


def several_days():
    f.published(ends_at=f.SATURDAY + 2 * ONE)


def over_midnight():
    f.published(starts_at=f.SATURDAY.replace(hour=22), ends_at=f.SATURDAY.replace(hour=22) + 5 * HOUR)


def clocks_change():
    start = datetime(2027, 3, 6, 19, tzinfo=BERLIN)
    event = f.published(starts_at=start, timezone="Europe/Berlin", rrule="FREQ=WEEKLY;COUNT=40")
    date = event.occurrences.order_by("was_at")[5]
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=event.created_by)


def edited():
    event = series()
    edit_event(
        event, {"starts_at": f.SATURDAY + HOUR, "ends_at": f.SATURDAY + 2 * HOUR}, seen=0, by=event.created_by
    )


CASES = [
    one, moved_one, called_off_one, series, series_until_a_day, endless_series, left_out,
    moved_and_called_off_dates, called_off_series_that_had_begun, all_day, several_days, over_midnight,
    clocks_change, edited, at_other_places, called_off_with_other_places, one_at_another_place,
]  # fmt: skip


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_calendars_read_what_we_have_written(client, make):
    make()
    assert written()
    assert expanded(body(client.get(FEED))) == written()
    event = Event.objects.latest("pk")
    single = {row for row in written() if row[0] == event.uid}
    assert expanded(body(client.get(reverse("event-ics", args=[event.slug])))) == single


def test_what_is_other_on_one_date_comes_through_a_second_portal(client):
    """Brought in from our own file elsewhere, the dates are named and held as they are here."""
    at_other_places()
    file = body(client.get(FEED))
    said = expanded(file)
    elsewhere = f.BranchFactory(slug="anapa", name="Анапа")
    community = f.approved(community=f.CommunityFactory(branch=elsewhere)).community
    source = look_at_file(community, "Сочи.ics", file, by=community.stewardships.get().user)
    load(connect(source, by=source.added_by))
    theirs = Occurrence.objects.in_branch(elsewhere)
    assert {(row.starts_at.astimezone(UTC), row.title, row.place) for row in theirs} == {
        (one[1], one[4], one[5]) for one in said
    }
    assert theirs.filter(own_place__isnull=False).count() == 3


def test_a_component_says_what_the_page_says(client):
    event = f.published(
        f.approved(name="Тропа").community, description="Первая строка\nвторая; с точкой, и запятой"
    )
    [read] = icalendar.Calendar.from_ical(body(client.get(FEED))).walk("VEVENT")
    assert str(read["UID"]) == event.uid
    assert str(read["SUMMARY"]) == "Прогулка по Мацесте"
    assert "Первая строка\nвторая; с точкой, и запятой" in str(read["DESCRIPTION"])
    assert "Проводит: Тропа" in str(read["DESCRIPTION"])
    assert str(read["LOCATION"]) == "Библиотека имени Пушкина, Курортный проспект, 32"
    assert read["URL"] == f"http://testserver{event.get_absolute_url()}"
    assert (read["GEO"].latitude, read["GEO"].longitude) == (43.57, 39.73)
    assert [str(name) for name in read["CATEGORIES"].cats] == ["Тропы и походы"]
    assert read["DTSTAMP"].dt == read["LAST-MODIFIED"].dt == event.changed_at.replace(microsecond=0)


def only(client, event, *dates):
    """What the file of these dates of the event says, by their beginnings."""
    asked = "&".join(f"date={date.pk}" for date in dates)
    raw = body(client.get(f"{reverse('event-ics', args=[event.slug])}?{asked}"))
    return sorted(icalendar.Calendar.from_ical(raw).walk("VEVENT"), key=lambda part: part["DTSTART"].dt)


@pytest.mark.parametrize("make", [one, series, endless_series, all_day, clocks_change])
def test_a_file_has_exactly_the_dates_that_are_asked_for(client, make):
    make()
    event = Event.objects.latest("pk")
    dates = list(event.occurrences.order_by("was_at")[:3])
    for some in (dates[:1], dates[-1:], dates):
        read = only(client, event, *some)
        zone = event.timezone
        assert [moment(part["DTSTART"].dt, zone) for part in read] == [row.starts_at for row in some]
        assert [moment(part["DTEND"].dt, zone) for part in read] == [row.ends_at for row in some]
        assert [str(part["UID"]).partition("@")[0] for part in read] == [f"date-{row.pk}" for row in some]
        assert not any(name in part for part in read for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def test_a_date_by_itself_says_where_it_went_and_that_it_is_off(client):
    event = series()
    date = event.occurrences.order_by("was_at")[1]
    [before] = only(client, event, date)
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, note="Зал занят", by=event.created_by)
    [moved] = only(client, event, date)
    assert moved["DTSTART"].dt == date.starts_at + ONE
    assert (moved["UID"], moved["STATUS"], moved["COMMENT"]) == (before["UID"], "CONFIRMED", "Зал занят")
    cancel_occurrence(date, by=event.created_by)
    [off] = only(client, event, date)
    assert (off["UID"], off["STATUS"]) == (before["UID"], "CANCELLED")
    assert int(off["SEQUENCE"]) > int(moved["SEQUENCE"]) > int(before["SEQUENCE"])


def test_the_address_in_an_old_letter_holds_when_the_series_goes_on_otherwise(client):
    event = series()
    later, last = event.occurrences.order_by("was_at")[1:3]
    at = last.starts_at + HOUR
    rest = edit_following(last, {"starts_at": at, "ends_at": at + HOUR}, seen=0, by=event.created_by)
    [kept] = only(client, event, later)
    [gone_over] = only(client, event, last)
    assert (kept["DTSTART"].dt, gone_over["DTSTART"].dt) == (later.starts_at, at)
    assert gone_over["UID"] == only(client, rest, last)[0]["UID"]
    # Not the other way round: what goes on has nothing of what was before.
    assert client.get(f"/calendar/{rest.slug}.ics?date={later.pk}").status_code == 404


def test_there_is_no_file_of_what_is_not_a_date_of_the_event(client):
    event, other, draft = series(), f.published(), f.event(slug="planned")
    own, foreign, planned = (row.occurrences.first().pk for row in (event, other, draft))
    address = reverse("event-ics", args=[event.slug])
    for asked in (
        "",
        "0",
        "-1",
        "x",
        "\x00",
        "9" * 30,
        foreign,
        planned,
        own + 10**6,
        f"{own}&date={foreign}",
    ):
        assert client.get(f"{address}?date={asked}").status_code == 404, asked
    assert client.get(f"{reverse('event-ics', args=[draft.slug])}?date={planned}").status_code == 404
    assert client.get(f"{address}?date={own}").status_code == 200


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_do_not_grow_with_the_dates_of_a_file(client, dates, django_assert_num_queries):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=5")
    asked = list(event.occurrences.all()[:dates])
    with django_assert_num_queries(7):
        only(client, event, *asked)


def test_a_change_raises_the_sequence_and_keeps_the_uid(client):
    event = series()
    date = event.occurrences.order_by("was_at")[1]
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, note="Зал занят", by=event.created_by)
    read = icalendar.Calendar.from_ical(body(client.get(FEED))).walk("VEVENT")
    assert [int(part["SEQUENCE"]) for part in read] == [1, 1]
    assert {str(part["UID"]) for part in read} == {event.uid}
    assert read[1]["RECURRENCE-ID"].dt == date.was_at
    assert str(read[1]["COMMENT"]) == "Зал занят"


def test_lines_are_no_longer_than_they_may_be_and_end_as_they_must(client):
    f.published(title="Щ" * 120, description="🎈" * 500)
    raw = body(client.get(FEED))
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two


def test_the_feed_takes_the_filters_of_the_page_and_shows_no_drafts(client):
    f.published(title="Тропа")
    f.published(title="Хор", topics=["music"])
    f.event(title="Черновик", topics=["music"])
    read = icalendar.Calendar.from_ical(body(client.get(f"{FEED}?topic=music&view=list&month=2030-01")))
    assert [str(part["SUMMARY"]) for part in read.walk("VEVENT")] == ["Хор"]


def test_what_is_long_over_is_left_out(client):
    f.published(title="Давно", starts_at=f.SATURDAY - 100 * ONE)
    f.published(title="Недавно", starts_at=f.SATURDAY - 60 * ONE)
    read = icalendar.Calendar.from_ical(body(client.get(FEED)))
    assert [str(part["SUMMARY"]) for part in read.walk("VEVENT")] == ["Недавно"]


def test_an_unchanged_feed_is_not_sent_again(client, django_assert_num_queries):
    community = f.approved(name="Хор").community
    event = f.published()
    first = client.get(FEED)
    # Somebody who began earlier may still commit: no moment is named yet.
    assert "Last-Modified" not in first.headers
    CalendarChange.objects.update(at=Now() - HOUR)
    first = client.get(FEED)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    with django_assert_num_queries(3):  # the branch, the state of its events, who may hold them
        assert client.get(FEED, headers={"if-none-match": tag}).status_code == 304
    assert client.get(FEED, headers={"if-modified-since": changed}).status_code == 304
    assert client.get(f"{FEED}?free=true", headers={"if-none-match": tag}).status_code == 200
    with time_machine.travel(NOW + HOUR, tick=False):
        organiser = invite_organiser(event, community, by=event.created_by)
        answer_invitation(organiser, True, by=event.created_by)
        assert client.get(FEED, headers={"if-none-match": tag}).status_code == 200
        assert client.get(FEED, headers={"if-modified-since": changed}).status_code == 200
    with time_machine.travel(NOW + ONE, tick=False):
        assert client.get(FEED, headers={"if-modified-since": changed}).status_code == 200


def test_a_community_that_is_called_otherwise_makes_the_feed_another(client):
    community = f.approved(name="Хор").community
    f.published(community)
    tag = client.get(FEED).headers["ETag"]
    CensusRecord.objects.filter(pk=community.current_id).update(name="Хор «Прибой»")
    again = client.get(FEED, headers={"if-none-match": tag})
    assert again.status_code == 200
    assert "Хор «Прибой»" in body(again).decode().replace("\r\n ", "")


@pytest.mark.django_db(transaction=True)
def test_what_leaves_the_calendar_makes_the_feed_another(client):
    """Nothing that is left is newer than before."""
    first, second = f.published(title="Первая"), f.published(title="Вторая")
    tag = client.get(FEED).headers["ETag"]
    Event.objects.filter(pk=first.pk).update(state=State.RETIRED)
    first.occurrences.update(is_listed=False)
    assert second.changed_at == Event.objects.get(pk=second.pk).changed_at
    assert client.get(FEED, headers={"if-none-match": tag}).status_code == 200


def test_copies_are_kept_for_half_a_minute(client):
    f.published()
    assert client.get(FEED).headers["Cache-Control"] == "public, max-age=30"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        f.published(community, starts_at=f.SATURDAY + number * HOUR)
    with django_assert_num_queries(6):
        body(client.get(FEED))


@pytest.fixture
def in_pieces(monkeypatch):
    """A function: from now on the feed is read so many events at a time."""

    def of(size):
        monkeypatch.setattr(feeds, "CHUNK", size)
        # Its sentence is written once a process: with the size that was in force then.
        monkeypatch.setattr(feeds, "_whole", Prepared(feeds._whole._make, *feeds._whole._kinds))

    return of


@pytest.mark.parametrize("query", [{"topic": "trails"}, {}], ids=["chosen", "whole"])
def test_a_large_feed_comes_in_pieces(client, in_pieces, query):
    in_pieces(2)
    community = f.approved().community
    for number in range(5):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + number * HOUR)
    # Two that were let out at one moment stand on both sides of a piece's end: the key tells them apart.
    first, *_others = Event.objects.newest_first()
    Event.objects.exclude(pk=first.pk).update(decided_at=first.decided_at - HOUR)
    pieces = list(client.get(FEED, query).streaming_content)
    assert len(pieces) == 5  # the head, three pieces, the tail
    read = icalendar.Calendar.from_ical(b"".join(pieces)).walk("VEVENT")
    assert [str(part["SUMMARY"]) for part in read] == ["4", "3", "2", "1", "0"]
    assert b"".join(pieces).count(b"BEGIN:VTIMEZONE") == 1


def copies(event, numbers):
    """More events like this one, each with its date."""
    date = event.occurrences.get()
    made = []
    for at in numbers:
        one = copy(event)
        one.pk, one.slug, one.uid = None, f"copy-{at}", f"copy-{at}@example.org"
        made.append(one)
    times = []
    for one in Event.objects.bulk_create(made):
        time = copy(date)
        time.pk, time.event, time.slug = None, one, one.slug
        times.append(time)
    Occurrence.objects.bulk_create(times)


def read_through(client):
    """(the most memory that was in use at once, the length of it all) while the feed goes out, piece by piece."""
    stream = client.get(FEED).streaming_content
    tracemalloc.start()
    try:
        length = sum(len(piece) for piece in stream)
        return tracemalloc.get_traced_memory()[1], length
    finally:
        tracemalloc.stop()


def test_a_feed_of_any_length_takes_the_same_memory(client, in_pieces):
    in_pieces(50)
    event = f.published(description="Идём от остановки до водопадов и обратно. " * 20)
    copies(event, range(100))
    read_through(client)  # what is read once a process is read now
    few, _length = read_through(client)
    copies(event, range(100, 1000))
    many, length = read_through(client)
    assert length > 1000 * 1500
    assert many < 1.3 * few
    assert many < length


@pytest.mark.parametrize("rows", [1, 3])
def test_news_tell_what_was_announced_last(client, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        with time_machine.travel(NOW + number * HOUR, tick=False):
            f.published(community, title=f"Прогулка <{number}> & чай", short="<b>Ждём</b>\x0b")
    f.event(community, title="Черновик")
    with django_assert_num_queries(4):
        answer = client.get(reverse("calendar-rss"))
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [item.findtext("title") for item in items] == [
        f"Прогулка <{n}> & чай" for n in reversed(range(rows))
    ]
    assert items[0].findtext("description") == "16.01.2027 15:00. &lt;b&gt;Ждём&lt;/b&gt;"
    assert items[0].findtext("link").startswith("http://testserver/calendar/progulka")
    tag = answer.headers["ETag"]
    assert client.get(reverse("calendar-rss"), headers={"if-none-match": tag}).status_code == 304
    nothing = client.get(reverse("calendar-rss"), {"topic": "music"})
    assert ElementTree.fromstring(nothing.content).findall("channel/item") == []
