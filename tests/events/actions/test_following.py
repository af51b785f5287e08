"""Reading calendars of other programs again and again: who is due, once each, whatever the other side does."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError
from django.utils import timezone

from events import tasks
from events.actions import following
from events.actions.connecting import connect
from events.actions.following import load, load_waiting, read_due
from events.actions.remote import pause, resume
from events.choices import SourceFault, SourceState
from events.models import Event, Occurrence, RemoteCalendar
from hub.celery import app as celery
from hub.fetching import Fault
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once
from tests.events.ics_files import vcalendar, vevent
from tests.remote_site import answer

pytestmark = pytest.mark.django_db


def due(source):
    RemoteCalendar.objects.filter(pk=source.pk).update(next_try_at=timezone.now() - timedelta(minutes=1))
    return RemoteCalendar.objects.get(pk=source.pk)


def at(url, **more):
    return due(f.remote_calendar(url=url, **more))


@pytest.fixture
def rung(monkeypatch):
    """The names of the tasks that were asked for."""
    names: list[str] = []
    monkeypatch.setattr(celery, "send_task", lambda name, *_, **__: names.append(name))
    return names


def test_what_is_due_is_read_and_then_not_for_an_hour(site):
    source = at(site.put("/feed.ics", f.CALENDAR.replace("Прогулка", "Поход")))
    assert read_due() == 1
    assert Event.objects.get().title == "Поход из календаря"
    source.refresh_from_db()
    assert timedelta(minutes=50) < source.next_try_at - timezone.now() < timedelta(minutes=70)
    assert read_due() == 0


def test_a_source_without_news_is_not_sent_again(site):
    def page(handler):
        fresh = handler.headers.get("If-None-Match") != '"v1"'
        answer(handler, f.CALENDAR if fresh else b"", 200 if fresh else 304, ETag='"v1"')

    site.pages["/feed.ics"] = page
    source = at(f"{site.url}/feed.ics")
    read_due()
    due(source)
    read_due()
    assert [headers.get("If-None-Match") for _path, headers in site.asked] == [None, '"v1"']
    source.refresh_from_db()
    assert (source.error, source.taken) == ("", 1)


@pytest.mark.parametrize(
    ("body", "code", "error"),
    [
        ("<html>Войдите</html>", 200, SourceFault.WEB_PAGE),
        ("", 200, SourceFault.EMPTY),
        (f.CALENDAR[:150], 200, SourceFault.CUT_OFF),
        ("", 404, Fault.GONE),
        ("", 500, Fault.BROKEN),
    ],
)
def test_a_bad_answer_touches_nothing_and_is_asked_for_again_later_and_later(site, body, code, error):
    source = at(site.put("/feed.ics", body, code))
    pauses = []
    for _turn in range(3):
        read_due()
        source = RemoteCalendar.objects.get(pk=source.pk)
        pauses.append(round((source.next_try_at - timezone.now()).total_seconds() / 3600))
        due(source)
    assert (source.error, source.failures, pauses) == (error, 3, [1, 2, 6])
    assert Occurrence.objects.filter(cancelled_at=None).count() == 1
    assert source.error_words


def test_it_is_told_once_when_it_has_gone_on_for_days(site):
    source = at(site.put("/feed.ics", "", 404))
    read_due()
    assert not Notification.objects.exists()
    RemoteCalendar.objects.update(failing_since=timezone.now() - timedelta(days=4))
    for _turn in range(2):
        due(source)
        read_due()
    [told] = Notification.objects.all()
    assert (told.kind, told.user) == ("remote_broken", source.added_by)
    assert "не читается" in told.subject


def test_one_that_hangs_keeps_nobody_else_from_being_read(site, monkeypatch):
    monkeypatch.setattr(following, "SECONDS", 0.5)
    site.pages["/hang.ics"] = lambda handler: handler.closing.wait(20)
    slow = at(f"{site.url}/hang.ics")
    good = at(site.put("/feed.ics", f.CALENDAR))
    assert read_due() == 2
    states = RemoteCalendar.objects.in_bulk([slow.pk, good.pk])
    assert (states[slow.pk].error, states[good.pk].error) == (Fault.TOO_SLOW, "")
    # Next time those that answer come first.
    due(slow), due(good)
    assert list(RemoteCalendar.objects.due()) == [good, slow]


def test_a_mistake_of_ours_with_one_stops_no_other(site, monkeypatch):
    first, second = at(site.put("/1.ics", f.CALENDAR)), at(site.put("/2.ics", f.CALENDAR))
    real = following.plan

    def plan(source, reading):
        return 1 / 0 if source.pk == first.pk else real(source, reading)

    monkeypatch.setattr(following, "plan", plan)
    assert read_due() == 2
    states = RemoteCalendar.objects.in_bulk([first.pk, second.pk])
    assert (states[first.pk].error, states[second.pk].error) == (Fault.BROKEN, "")


def test_a_dead_reader_gives_its_source_back(site):
    source = at(site.put("/feed.ics", f.CALENDAR))
    assert following.claim() == source
    assert read_due() == 0
    RemoteCalendar.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert read_due() == 1


def test_what_nobody_connects_is_thrown_away():
    draft = f.looked_at()
    read_due()
    assert RemoteCalendar.objects.filter(pk=draft.pk).exists()
    RemoteCalendar.objects.update(added_at=timezone.now() - timedelta(days=2))
    read_due()
    assert not RemoteCalendar.objects.exists()


def test_what_needed_a_look_is_asked_again_after_a_pause(site):
    """However little is new there: the source says «not modified» of what nobody has decided on."""
    much, little = (vcalendar(*(vevent(f"{n}@x") for n in range(number))) for number in (8, 1))

    def page(handler):
        known = handler.headers.get("If-None-Match") == '"little"'
        answer(handler, b"" if known else little, 304 if known else 200, ETag='"little"')

    site.pages["/feed.ics"] = page
    source = due(f.remote_calendar(url=f"{site.url}/feed.ics", content=much.decode()))
    for again in (False, True):
        if again:
            pause(source, by=source.added_by)
            resume(source, by=source.added_by)
        read_due()
        source = due(source)
        assert source.state == SourceState.LOOK


# --- bringing in what was connected ---------------------------------------------------------------------


def test_the_scan_is_in_the_schedule():
    assert celery.conf.beat_schedule["load-calendars"]["task"] == tasks.load_calendars.name
    draft = f.looked_at()
    connect(draft, by=draft.added_by)
    tasks.load_calendars()
    assert Event.objects.count() == 1


def test_a_mistake_of_ours_loses_nothing_and_is_tried_again(rung, monkeypatch):
    draft = f.looked_at(url="https://example.org/feed.ics")
    source = connect(draft, by=draft.added_by)
    with monkeypatch.context() as broken:
        broken.setattr(following, "plan", lambda source, reading: 1 / 0)
        load_waiting()
    source = RemoteCalendar.objects.get()
    assert (source.state, source.error, Event.objects.count()) == (SourceState.LOADING, Fault.BROKEN, 0)
    assert load_waiting() == 0  # not at once
    due(source)
    load_waiting()
    source = RemoteCalendar.objects.get()
    assert (source.state, source.error, Event.objects.count()) == (SourceState.ACTIVE, "", 1)


# --- at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_readers_at_once_read_each_source_once(site):
    for number in range(3):
        at(site.put(f"/{number}.ics", f.CALENDAR.replace("Прогулка", "Поход")))
    assert sum(at_once(*[read_due] * 6)) == 3
    assert sorted(path for path, _headers in site.asked) == ["/0.ics", "/1.ics", "/2.ics"]
    assert set(Event.objects.values_list("sequence", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would_read_it_many_times(site, monkeypatch):
    """The race is real: this is what the lease is for."""
    source = at(site.put("/feed.ics", f.CALENDAR))
    rows = RemoteCalendar.objects.select_related("branch", "community")
    monkeypatch.setattr(following, "claim", lambda wanted=None: rows.get(pk=wanted.pk))
    at_once(*[lambda: following._read_claimed(following.claim(source), following.SECONDS)] * 4)
    assert len(site.asked) == 4


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_bring_each_event_in_once(rung):
    draft = f.looked_at(url="https://example.org/feed.ics")
    connect(draft, by=draft.added_by)
    at_once(*[load_waiting] * 4)
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_bring_it_in_twice(rung, monkeypatch):
    """The race is real: this is what the lock is for."""
    source = connect(draft := f.looked_at(url="https://example.org/feed.ics"), by=draft.added_by)
    inside, real = Barrier(2), following.plan
    monkeypatch.setattr(following, "locked", lambda source: RemoteCalendar.objects.get(pk=source.pk))

    def plan(source, reading):
        made = real(source, reading)
        inside.wait(10)
        return made

    monkeypatch.setattr(following, "plan", plan)
    with pytest.raises(IntegrityError):  # the same event of the source a second time
        at_once(*[partial(load, source)] * 2)
