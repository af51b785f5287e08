"""A calendar of another program becomes events of ours: once, followed, never doubled, never lost at once."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.db import IntegrityError
from django.db.models.functions import Now
from django.test import Client

from events.actions import announcing, importing
from events.actions.announcing import (
    announce,
    answer_invitation,
    approve_event,
    edit_event,
    invite_organiser,
    publish,
    return_event,
)
from events.actions.changing import cancel_event, cancel_occurrence, move_occurrence, reinstate_occurrence
from events.actions.connecting import connect, look_at_file, preview
from events.actions.following import _take as take
from events.actions.following import confirm_gone, load
from events.actions.importing import MANY
from events.actions.remote import hide, remove, show
from events.actions.trusting import trust
from events.choices import Refusal, SourceState
from events.models import Event, ImportedEvent, Occurrence, RemoteCalendar
from events.reading import read
from hub.approvals import AlreadyDecided, Refused
from hub.choices import State
from hub.fetching import Fetched
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once
from tests.events.ics_files import MOSCOW, vcalendar, vevent

pytestmark = pytest.mark.django_db
MSK = ZoneInfo("Europe/Moscow")
NOW = datetime(2027, 1, 10, 12, tzinfo=MSK)


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(NOW, tick=False):
        yield


def connected(
    *events, community=None, trusted=True, url="https://example.org/feed.ics", **more
) -> RemoteCalendar:
    """A source that says `events`, connected by the leader of a community."""
    community = community or f.approved().community
    by = community.stewardships.get().user
    if trusted:
        trust(community, by=f.UserFactory())
    draft = look_at_file(community, "Календарь.ics", vcalendar(*events, **more), by=by)
    draft.url = url
    draft.save()
    return load(connect(draft, by=by))


def says(source, *events):
    """The source is read again and says this."""
    content = vcalendar(*events)
    source = RemoteCalendar.objects.get(pk=source.pk)
    reading = read(
        content, home=MSK, now=NOW, anchors=dict(source.imported.values_list("remote_uid", "anchor"))
    )
    take(source, Fetched(content), reading)
    source.refresh_from_db()
    return source


def dates(**filters):
    rows = Occurrence.objects.filter(**filters).order_by("starts_at", "pk")
    return [
        f"{row.starts_at.astimezone(MSK):%d.%m %H:%M}{' нет' if row.cancelled_at else ''}" for row in rows
    ]


def test_nothing_is_written_before_somebody_says_so():
    community = f.approved().community
    by = community.stewardships.get().user
    draft = look_at_file(community, "Наш.ics", vcalendar(vevent(), vevent("b", summary=None)), by=by)
    _reading, made = preview(draft)
    assert [event.title for event in made.new] == ["Прогулка"]
    assert [one.why for one in made.refused] == [Refusal.NO_TITLE]
    assert (draft.name, Event.objects.count(), Occurrence.objects.count()) == ("Наш", 0, 0)


def test_a_trusted_community_publishes_at_once_and_nobody_is_flooded():
    source = connected(vevent(location="Парк"), vevent("b@x", summary="Вторая"))
    rows = Occurrence.objects.listed()
    assert {row.title for row in rows} == {"Прогулка", "Вторая"}
    assert rows.get(title="Прогулка").place == "Парк"
    assert rows.first().communities == [source.community_id]
    assert not Notification.objects.exists()
    assert (source.state, source.taken) == (SourceState.ACTIVE, 2)


def test_the_others_go_through_the_queue_and_stay_approved_when_they_change():
    source = connected(vevent(), trusted=False)
    event = Event.objects.get()
    assert (event.state, Occurrence.objects.listed().count()) == (State.SUBMITTED, 0)
    approve_event(event, by=f.coordinator())
    says(source, vevent(start=f"{MOSCOW}:20270116T180000"))
    event.refresh_from_db()
    assert (event.state, event.sequence) == (State.APPROVED, 1)
    assert dates(is_listed=True) == ["16.01 18:00"]


def test_the_same_again_changes_nothing():
    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3"))
    before = Event.objects.values_list("pk", "uid", "sequence", "changed_at").get()
    says(source, vevent(rrule="FREQ=WEEKLY;COUNT=3"))
    assert Event.objects.values_list("pk", "uid", "sequence", "changed_at").get() == before
    assert Occurrence.objects.count() == 3


def test_an_event_that_moves_is_moved_and_not_doubled():
    source = connected(vevent())
    uid = Event.objects.get().uid
    says(source, vevent(start=f"{MOSCOW}:20270117T153000", summary="Прогулка днём"))
    event = Event.objects.get()
    assert (event.uid, event.title, dates()) == (uid, "Прогулка днём", ["17.01 15:30"])


def test_a_moved_date_and_its_way_back():
    third = f"{MOSCOW}:20270130T150000"
    moved = vevent(start=f"{MOSCOW}:20270131T110000", recurrence_id=third)
    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3"), moved)
    assert dates() == ["16.01 15:00", "23.01 15:00", "31.01 11:00"]
    assert Occurrence.objects.get(is_moved=True).day.day == 31
    off = vevent(start=third, recurrence_id=third, status="CANCELLED")
    says(source, vevent(rrule="FREQ=WEEKLY;COUNT=3"), off)
    assert dates() == ["16.01 15:00", "23.01 15:00", "30.01 15:00 нет"]
    says(source, vevent(rrule="FREQ=WEEKLY;COUNT=3"))
    assert dates() == ["16.01 15:00", "23.01 15:00", "30.01 15:00"]


def test_a_date_has_the_name_and_the_place_that_its_source_says_of_it():
    third = f"{MOSCOW}:20270130T150000"
    hall = f.VenueFactory(name="Дом культуры")
    usual = vevent(rrule="FREQ=WEEKLY;COUNT=3", location="Парк")
    other = vevent(start=third, recurrence_id=third, summary="Ночная", location="Дом культуры, вход со двора")
    source = connected(usual, other)

    def shown():
        rows = Occurrence.objects.order_by("was_at")
        return [(row.title, row.place, row.venue, row.is_moved) for row in rows]

    walk = ("Прогулка", "Парк", None, False)
    assert shown() == [walk, walk, ("Ночная", "Дом культуры, вход со двора", hall, False)]
    before = Event.objects.get().sequence
    says(source, usual, other)
    assert Event.objects.get().sequence == before
    # The place alone is a change; so is its way back.
    says(source, usual, vevent(start=third, recurrence_id=third, location="У фонтана"))
    assert shown() == [walk, walk, ("Прогулка", "У фонтана", None, False)]
    says(source, usual)
    assert shown() == [walk] * 3


def test_who_goes_to_one_date_hears_of_the_other_place_that_its_source_says():
    third = f"{MOSCOW}:20270130T150000"
    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3", location="Парк"))
    Event.objects.update(takes_registrations=True)
    Occurrence.objects.update(takes_registrations=True)
    people = [f.registration(Event.objects.get(), number=n).user for n in (1, 2)]
    says(
        source,
        vevent(rrule="FREQ=WEEKLY;COUNT=3", location="Парк"),
        vevent(start=third, recurrence_id=third, location="Дом культуры"),
    )
    moved = Notification.objects.filter(kind="registration_moved")
    assert [row.user for row in moved] == people[1:]
    assert moved.get().context["moves"][0]["place"] == "Дом культуры"


def test_why_somebody_here_has_called_a_date_off_outlives_the_next_reading():
    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3"))
    event = Event.objects.get()
    cancel_occurrence(event.occurrences.order_by("was_at")[1], note="Ливень", by=event.created_by)
    says(source, vevent(rrule="FREQ=WEEKLY;COUNT=3", summary="Бег"))
    assert [row.note for row in event.occurrences.order_by("was_at")] == ["", "Ливень", ""]


def test_what_its_source_calls_off_is_called_off_and_comes_back():
    source = connected(vevent())
    says(source, vevent(status="CANCELLED"))
    assert Event.objects.get().is_cancelled
    assert dates() == ["16.01 15:00 нет"]
    says(source, vevent())
    assert dates() == ["16.01 15:00"]


def test_what_was_called_off_by_hand_stays_so():
    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3"), vevent("b@x", summary="Вторая"))
    series, single = Event.objects.order_by("pk")
    cancel_occurrence(series.occurrences.first(), by=source.added_by)
    cancel_event(single, reason="Не будет", by=source.added_by)
    says(source, vevent(rrule="FREQ=WEEKLY;COUNT=3", location="Парк"), vevent("b@x", summary="Вторая, новая"))
    assert dates(event=series) == ["16.01 15:00 нет", "23.01 15:00", "30.01 15:00"]
    assert dates(event=single) == ["16.01 15:00 нет"]


def test_only_what_was_called_off_by_hand_comes_back_by_hand():
    weekly = vevent(rrule="FREQ=WEEKLY;COUNT=3")
    off = vevent(
        recurrence_id=f"{MOSCOW}:20270123T150000", start=f"{MOSCOW}:20270123T150000", status="CANCELLED"
    )
    source = connected(weekly + off)
    series = Event.objects.get()
    first, second, _third = series.occurrences.order_by("was_at")
    cancel_occurrence(first, by=source.added_by)
    reinstate_occurrence(first, by=source.added_by)
    with pytest.raises(Refused, match="Измените его там"):
        reinstate_occurrence(second, by=source.added_by)
    assert dates() == ["16.01 15:00", "23.01 15:00 нет", "30.01 15:00"]


def test_what_left_its_source_is_called_off_and_comes_back():
    source = connected(vevent(), vevent("b@x", summary="Вторая"), vevent("c@x", summary="Третья"))
    says(source, vevent(), vevent("b@x", summary="Вторая"))
    gone = Event.objects.get(title="Третья")
    assert gone.cancelled_because == "Событие убрали из календаря организатора."
    says(source, vevent(), vevent("b@x", summary="Вторая"), vevent("c@x", summary="Третья"))
    gone.refresh_from_db()
    assert not gone.is_cancelled
    assert Event.objects.count() == 3


def test_what_is_over_may_leave():
    source = connected(vevent(), vevent("b@x", summary="Вторая"))
    over = Occurrence.objects.filter(title="Прогулка")
    over.update(starts_at=Now() - timedelta(hours=3), ends_at=Now() - timedelta(hours=1))
    says(source, vevent("b@x", summary="Вторая"))
    assert not Event.objects.filter(cancelled_at__isnull=False).exists()


def test_an_event_that_became_private_leaves_the_calendar():
    source = connected(vevent(), vevent("b@x", summary="Вторая"))
    says(source, vevent(), vevent("b@x", summary="Вторая", **{"class": "PRIVATE"}))
    assert Event.objects.get(title="Вторая").is_cancelled


def test_an_event_that_cannot_be_read_for_once_is_left_alone():
    source = connected(vevent(), vevent("b@x", summary="Вторая"))
    source = says(source, vevent(), vevent("b@x", summary="Вторая", duration=None, dtend=":garbage"))
    assert not Event.objects.filter(cancelled_at__isnull=False).exists()
    assert source.refused == [["Вторая", "2027-01-16", Refusal.BROKEN]]


def test_uids_that_change_each_time_double_nothing():
    lines = {"rrule": "FREQ=WEEKLY;COUNT=3"}
    source = connected(vevent("1@x", **lines), vevent("2@x", summary="Вторая"))
    keys = set(Event.objects.values_list("pk", "uid"))
    for turn in (3, 5):
        says(source, vevent(f"{turn}@x", **lines), vevent(f"{turn + 1}@x", summary="Вторая"))
    assert set(Event.objects.values_list("pk", "uid")) == keys
    assert not Event.objects.filter(cancelled_at__isnull=False).exists()
    assert set(ImportedEvent.objects.values_list("remote_uid", flat=True)) == {"5@x", "6@x"}


def test_an_answer_from_yesterday_does_not_take_back_today():
    source = connected(vevent(sequence="3", last_modified="20270109T120000Z", summary="Новое"))
    says(source, vevent(sequence="2", last_modified="20270108T120000Z", summary="Старое"))
    assert Event.objects.get().title == "Новое"
    says(source, vevent(sequence="0", last_modified="20270110T080000Z", summary="Начали заново"))
    assert Event.objects.get().title == "Начали заново"


# --- much at once -------------------------------------------------------------------------------------


def many(number):
    return [vevent(f"{n}@x", summary=f"Событие {n}") for number_ in [number] for n in range(number_)]


def test_much_that_is_gone_at_once_needs_a_look():
    source = connected(*many(8))
    source = says(source, *many(3))
    assert source.state == SourceState.LOOK
    assert not Event.objects.filter(cancelled_at__isnull=False).exists()
    [told] = Notification.objects.filter(kind="remote_look")
    assert told.context["gone"] == 5
    source = says(source, *many(3))
    assert Notification.objects.count() == 1
    assert confirm_gone(source, by=source.added_by) == 5
    assert Event.objects.filter(cancelled_at__isnull=False).count() == 5
    source.refresh_from_db()
    assert (source.state, source.content) == (SourceState.ACTIVE, "")


def test_a_source_that_comes_to_itself_needs_nobody():
    source = connected(*many(8))
    assert says(source, *many(3)).state == SourceState.LOOK
    assert says(source, *many(7)).state == SourceState.ACTIVE
    assert [event.title for event in Event.objects.filter(cancelled_at__isnull=False)] == ["Событие 7"]


def test_few_may_leave_and_so_may_many_of_many_more():
    source = connected(*many(20))
    assert says(source, *many(20 - MANY)).state == SourceState.ACTIVE
    source = connected(*many(20), url="https://example.org/other.ics")
    assert says(source, *many(11)).state == SourceState.ACTIVE


def test_a_calendar_that_is_suddenly_empty_calls_nothing_off():
    source = connected(vevent())
    assert says(source).state == SourceState.LOOK
    assert dates() == ["16.01 15:00"]


# --- whose it is --------------------------------------------------------------------------------------


def test_two_communities_with_one_source_have_events_of_their_own():
    first, second = connected(vevent()), connected(vevent(), url="https://example.org/copy.ics")
    assert Event.objects.count() == 2
    assert len(set(Event.objects.values_list("uid", flat=True))) == 2
    says(first, vevent(summary="Иначе"))
    assert list(Event.objects.order_by("pk").values_list("title", flat=True)) == ["Иначе", "Прогулка"]
    assert first.community != second.community


def test_what_the_community_has_announced_itself_does_not_come_twice():
    community = f.approved().community
    by = community.stewardships.get().user
    times = {"starts_at": f.SATURDAY, "ends_at": f.SATURDAY + timedelta(hours=1)}
    announce(community, {"title": "Прогулка", **times}, by=by)
    source = connected(vevent(), community=community)
    assert Event.objects.count() == 1
    assert source.refused == [["Прогулка", "2027-01-16", Refusal.OURS]]


def test_a_returned_event_is_sent_again_once_its_source_is_mended():
    source = connected(vevent(), trusted=False)
    event = Event.objects.get()
    return_event(event, reason="Где встреча?", by=f.coordinator())
    says(source, vevent())
    event.refresh_from_db()
    assert event.state == State.RETURNED
    says(source, vevent(location="У фонтана"))
    event.refresh_from_db()
    assert event.state == State.SUBMITTED


def test_a_file_brings_events_and_a_newer_one_changes_them():
    community = f.approved().community
    by = community.stewardships.get().user

    def take_file(*events):
        return load(connect(look_at_file(community, "a.ics", vcalendar(*events), by=by), by=by))

    first = take_file(vevent(), vevent("b@x", summary="Вторая"))
    second = take_file(vevent(start=f"{MOSCOW}:20270116T153000"))
    assert first.pk == second.pk
    assert (Event.objects.count(), RemoteCalendar.objects.count()) == (2, 1)
    assert dates() == ["16.01 15:00", "16.01 15:30"]
    # A file that lacks an event says nothing about it.
    assert not Event.objects.filter(cancelled_at__isnull=False).exists()
    assert second.state == SourceState.FILES


def from_file(*events, community):
    by = community.stewardships.get().user
    return load(connect(look_at_file(community, "a.ics", vcalendar(*events), by=by), by=by))


@pytest.fixture
def attended():
    """A series of a file that people register for: its community, and who goes to the second date."""
    community = f.approved().community
    trust(community, by=f.UserFactory())
    from_file(vevent(rrule="FREQ=WEEKLY;COUNT=3"), community=community)
    event = Event.objects.get()
    edit_event(event, {"takes_registrations": True, "capacity": 1}, seen=0, by=event.created_by)
    return community, f.registration(event, number=1)


def moved(to, **more):
    own = {"recurrence_id": f"{MOSCOW}:20270123T150000"} | more
    return vevent(start=f"{MOSCOW}:{to}", **own)


def heard(registration):
    rows = Notification.objects.filter(user=registration.user).order_by("pk")
    return [row.kind for row in rows.exclude(kind="registration_made")]


def test_who_goes_hears_of_a_date_that_a_newer_file_moves(attended):
    community, going = attended
    said = vevent(rrule="FREQ=WEEKLY;COUNT=3")
    from_file(said, moved("20270124T120000"), community=community)
    assert dates() == ["16.01 15:00", "24.01 12:00", "30.01 15:00"]
    assert heard(going) == ["registration_moved"]
    # Other words of the same dates are no news.
    from_file(
        vevent(rrule="FREQ=WEEKLY;COUNT=3", description="Возьмите воду"),
        moved("20270124T120000"),
        community=community,
    )
    assert heard(going) == ["registration_moved"]
    from_file(
        vevent(rrule="FREQ=WEEKLY;COUNT=3", description="Возьмите воду"),
        moved("20270124T120000", status="CANCELLED"),
        community=community,
    )
    assert heard(going) == ["registration_moved", "registration_off"]
    going.occurrence.refresh_from_db()
    assert (going.occurrence.going, going.occurrence.cancelled_at is not None) == (1, True)


def test_another_community_that_holds_it_hears_of_what_the_calendar_changes(attended):
    community, _going = attended
    event = Event.objects.get()
    leader = f.approved().community.stewardships.get().user
    row = invite_organiser(event, leader.stewardships.get().community, by=event.created_by)
    answer_invitation(row, True, by=leader)
    said = vevent(rrule="FREQ=WEEKLY;COUNT=3", location="Парк")
    for _ in range(2):
        from_file(said, moved("20270124T120000", location="Парк"), community=community)
    notes = Notification.objects.filter(kind="event_moved")
    assert [note.user for note in notes] == [leader]
    assert [move["now"][-5:] for move in notes[0].context["moves"]] == ["15:00", "12:00", "15:00"]
    assert {move["place"] for move in notes[0].context["moves"]} == {"Парк"}


@pytest.mark.parametrize("still", [True, False])
def test_a_date_that_its_calendar_called_off_follows_it_to_another_hour(still):
    def off(hour):
        own = {"recurrence_id": f"{MOSCOW}:20270123T{hour}0000", "status": "CANCELLED"}
        return vevent(start=f"{MOSCOW}:20270123T{hour}0000", **own)

    source = connected(vevent(rrule="FREQ=WEEKLY;COUNT=3"), off(15))
    later = vevent(start=f"{MOSCOW}:20270116T180000", rrule="FREQ=WEEKLY;COUNT=3")
    says(source, later, *([off(18)] if still else []))
    assert dates() == ["16.01 18:00", "23.01 18:00" + (" нет" if still else ""), "30.01 18:00"]


def test_who_goes_to_a_single_event_goes_along_when_a_newer_file_moves_it():
    community = f.approved().community
    trust(community, by=f.UserFactory())
    from_file(vevent(), community=community)
    event = Event.objects.get()
    edit_event(event, {"takes_registrations": True}, seen=0, by=event.created_by)
    going = f.registration(event)
    from_file(vevent(start=f"{MOSCOW}:20270117T120000"), community=community)
    assert dates() == ["17.01 12:00"]
    assert heard(going) == ["registration_moved"]


@pytest.mark.parametrize("act", [hide, show])
def test_an_event_of_a_calendar_that_was_let_go_meanwhile_is_refused_in_words(act):
    source = connected(vevent())
    row = ImportedEvent.objects.select_related("event").get()
    remove(source, keep=True, by=source.added_by)
    with pytest.raises(AlreadyDecided, match="отключили"):
        act(row, by=source.added_by)


@pytest.mark.parametrize(("keep", "off"), [(True, 0), (False, 1)])
def test_letting_a_source_go(keep, off):
    source = connected(vevent())
    assert remove(source, keep=keep, by=source.added_by) == 1
    assert remove(source, keep=keep, by=source.added_by) == 0
    assert (RemoteCalendar.objects.count(), ImportedEvent.objects.count(), Event.objects.count()) == (0, 0, 1)
    assert Event.objects.filter(cancelled_at__isnull=False).count() == off


def test_a_place_that_the_city_knows_is_named_as_such():
    venue = f.VenueFactory(name="Библиотека имени Пушкина", address="Курортный проспект, 32")
    connected(vevent(location="Библиотека имени Пушкина\\, Курортный проспект\\, 32"))
    event = Event.objects.get()
    assert (event.venue, event.place) == (venue, "")
    assert Occurrence.objects.get().district == venue.district


WEEKLY = "FREQ=WEEKLY;COUNT=4"


def own(day: int, starts: str = "", **lines: str) -> str:
    """What the source says of one date of a weekly series."""
    was = f"{MOSCOW}:202701{day}T150000"
    return vevent(start=f"{MOSCOW}:{starts}" if starts else was, recurrence_id=was, **lines)


def registered(number: int):
    Event.objects.update(takes_registrations=True)
    Occurrence.objects.update(takes_registrations=True)
    return f.registration(Event.objects.get(), number=number)


def told(user):
    rows = Notification.objects.filter(user=user).exclude(kind="registration_made").order_by("pk")
    return [row.kind for row in rows]


def test_a_date_that_its_source_has_called_off_and_then_dropped_stays_off():
    source = connected(vevent(rrule=WEEKLY))
    goes = registered(2)
    source = says(source, vevent(rrule=WEEKLY), own(30, status="CANCELLED"))
    source = says(source, vevent(rrule="FREQ=WEEKLY;COUNT=2"))
    goes.occurrence.refresh_from_db()
    assert (goes.occurrence.is_dropped, told(goes.user)) == (True, ["registration_off"])
    says(source, vevent(rrule=WEEKLY))
    assert told(goes.user) == ["registration_off", "registration_on"]


def test_of_what_is_over_its_source_says_nothing_new():
    source = connected(vevent(rrule=WEEKLY), own(23, "20270124T120000"), own(30, status="CANCELLED"))
    was = ["16.01 15:00", "24.01 12:00", "30.01 15:00 нет"]
    assert dates() == [*was, "06.02 15:00"]
    with time_machine.travel(NOW + timedelta(days=25), tick=False):
        source = says(source, vevent(start=f"{MOSCOW}:20270116T170000", rrule=WEEKLY))
        assert dates() == [*was, "06.02 17:00"]
        assert Occurrence.objects.get(is_moved=True).was_at.day == 23
        says(source, vevent(rrule=WEEKLY), own(16, "20270117T100000"))
        assert dates() == [*was, "06.02 15:00"]


def test_a_place_is_known_by_its_other_names_too():
    f.VenueFactory(name="Другая", other_names=["дом книги"])
    venue = f.VenueFactory(name="Библиотека имени Пушкина", other_names=["пушкинка"])
    connected(vevent(location="Пушкинка\\, второй этаж"))
    event = Event.objects.get()
    assert (event.venue, event.place) == (venue, "второй этаж")


# --- there and back -----------------------------------------------------------------------------------


def said_by(file: bytes):
    """(title, beginning, end, place, off) of everything in a calendar file."""
    rows = recurring_ical_events.of(icalendar.Calendar.from_ical(file)).between(
        NOW, NOW + timedelta(days=300)
    )
    return sorted(
        (
            str(row["SUMMARY"]), str(row["DTSTART"].dt), str(row["DTEND"].dt), str(row.get("LOCATION", "")),
            str(row.get("STATUS", "")) == "CANCELLED",
        )
        for row in rows
    )  # fmt: skip


def test_our_own_feed_comes_into_another_branch_without_a_difference(client):
    f.published(title="Одна; с запятой, и\\чертой")
    f.published(title="Неделя за неделей", rrule="FREQ=WEEKLY;COUNT=6", place="Вход со двора")
    moved = f.published(title="Серия", rrule="FREQ=WEEKLY;COUNT=5", exdates=[f.SATURDAY + timedelta(weeks=1)])
    rows = list(moved.occurrences.order_by("starts_at"))
    later = rows[1].starts_at + timedelta(hours=3), rows[1].ends_at + timedelta(hours=4)
    move_occurrence(rows[1], *later, note="Дождь", by=moved.created_by)
    cancel_occurrence(rows[2], note="Нет", by=moved.created_by)
    day = datetime(2027, 1, 20, tzinfo=MSK)
    f.published(title="Целый день", all_day=True, starts_at=day, ends_at=day + timedelta(days=2))
    cancel_event(f.published(title="Отменённое"), reason="Болеем", by=f.UserFactory())
    endless = f.published(title="Серия без смысла", rrule="FREQ=WEEKLY;COUNT=2")
    cancel_event(endless, reason="Нет", by=f.UserFactory())
    there = client.get("/calendar.ics").getvalue()

    kazan = f.BranchFactory(slug="kazan", name="Казань", host="kazan.example.org")
    community = f.approved(community=f.CommunityFactory(branch=kazan)).community
    trust(community, by=f.UserFactory())
    by = community.stewardships.get().user
    draft = look_at_file(community, "feed.ics", there, by=by)
    draft.url = "https://sochi.example.org/calendar.ics"
    draft.save()
    source = load(connect(draft, by=by))
    back = Client(headers={"host": "kazan.example.org"}).get("/calendar.ics").getvalue()
    assert said_by(back) == said_by(there)
    assert len(said_by(there)) == 15
    assert source.refused == []

    # What goes round comes no third time: Sochi takes none of it back.
    ours = f.approved().community
    trust(ours, by=f.UserFactory())
    again = look_at_file(ours, "kazan.ics", back, by=ours.stewardships.get().user)
    assert preview(again)[1].new == []


def test_a_series_goes_on_being_what_its_source_says_as_time_goes_on():
    file = vevent(start=f"{MOSCOW}:20200104T150000", rrule="FREQ=WEEKLY;BYDAY=SA")
    source = connected(file)
    first = Event.objects.get().starts_at
    with time_machine.travel(NOW + timedelta(days=200)):
        says(source, file)
    event = Event.objects.get()
    assert (event.starts_at, event.sequence) == (first, 0)


def test_publishing_by_hand_is_not_needed_and_does_no_harm():
    connected(vevent(), trusted=False)
    event = Event.objects.get()
    with pytest.raises(Exception, match="Состояние уже изменилось"):
        publish(event, by=event.created_by)


def _everybody_looks_first(monkeypatch, parties):
    """All have looked for a free address before anybody writes."""
    look, everyone_has_looked = announcing.free_slug, Barrier(parties)

    def wait(branch, event):
        found = look(branch, event)
        everyone_has_looked.wait(10)
        return found

    monkeypatch.setattr(announcing, "free_slug", wait)


@pytest.mark.django_db(transaction=True)
def test_calendars_with_one_title_connected_at_once_all_come_in(monkeypatch):
    communities = [f.approved().community for _number in range(4)]
    _everybody_looks_first(monkeypatch, 4)
    at_once(*(partial(from_file, vevent(), community=community) for community in communities))
    addresses = set(Event.objects.values_list("slug", flat=True))
    assert (len(addresses), "progulka" in addresses) == (4, True)


@pytest.mark.django_db(transaction=True)
def test_without_a_second_address_they_collide(monkeypatch):
    communities = [f.approved().community for _number in range(4)]
    _everybody_looks_first(monkeypatch, 4)

    def write(event):
        event.slug = announcing.free_slug(event.branch, event)
        event.save()

    monkeypatch.setattr(importing, "save_under_free_address", write)

    outcomes = at_once(
        *(partial(from_file, vevent(), community=community) for community in communities),
        refusals=IntegrityError,
    )
    assert sum(isinstance(one, IntegrityError) for one in outcomes) == 3


def test_an_event_without_a_venue_is_found_in_the_district_of_its_community():
    khosta = f.DistrictFactory(name="Хоста", slug="khosta")
    community = f.approved(district=khosta).community
    connected(vevent(location="Двор у школы"), community=community)
    date = Occurrence.objects.get()
    assert (date.district, date.venue, date.lat) == (khosta, None, None)
    assert list(Occurrence.objects.listed().chosen({"district": ["khosta"]})) == [date]
