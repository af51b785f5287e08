"""Reading calendars of other programs again and again: who is due, once each, whatever the other side does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from communities.choices import Listing
from communities.models import Community
from events import tasks
from events.actions import remote
from events.actions.announcing import edit_event, trust
from events.actions.changing import edit_following, move_occurrence
from events.actions.remote import (
    approve_all,
    connect,
    hide,
    load,
    load_waiting,
    look_at_file,
    look_at_link,
    pause,
    read_due,
    read_now,
    resume,
    show,
)
from events.choices import SourceFault, SourceState
from events.models import Event, ImportedEvent, Occurrence, RemoteCalendar
from events.models.remote import key_of_link
from hub.approvals import Refused
from hub.celery import app as celery
from hub.choices import State
from hub.fetching import Fault, FetchFailed
from hub.models import Notification
from tests import factories as f
from tests.events.ics_files import vcalendar, vevent
from tests.remote_site import answer, remote_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings):
    with remote_site() as site:
        settings.FETCH_ALLOWED_HOSTS = [site.host]
        yield site


def due(source):
    RemoteCalendar.objects.filter(pk=source.pk).update(next_try_at=timezone.now() - timedelta(minutes=1))
    return RemoteCalendar.objects.get(pk=source.pk)


def at(url, **more):
    return due(f.remote_calendar(url=url, **more))


def test_a_link_is_looked_at_and_connected(site):
    community = f.approved().community
    by = community.stewardships.get().user
    url = site.put("/feed.ics", f.CALENDAR)
    draft = look_at_link(community, url, by=by)
    assert (draft.name, draft.state) == ("Наш календарь", SourceState.DRAFT)
    source = connect(draft, by=by)
    assert connect(draft, by=by).pk == source.pk
    assert (source.state, Event.objects.count()) == (SourceState.LOADING, 0)
    source = load(source)
    assert (source.state, source.taken, Event.objects.count()) == (SourceState.ACTIVE, 1, 1)
    with pytest.raises(Refused, match="уже подключена"):
        look_at_link(community, url, by=by)


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
    monkeypatch.setattr(remote, "SECONDS", 0.5)
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
    real = remote.plan

    def plan(source, reading):
        return 1 / 0 if source.pk == first.pk else real(source, reading)

    monkeypatch.setattr(remote, "plan", plan)
    assert read_due() == 2
    states = RemoteCalendar.objects.in_bulk([first.pk, second.pk])
    assert (states[first.pk].error, states[second.pk].error) == (Fault.BROKEN, "")


def test_pausing_and_going_on(site):
    source = at(site.put("/feed.ics", f.CALENDAR))
    pause(source, by=source.added_by)
    assert read_due() == 0
    with pytest.raises(Refused, match="уже читается"):
        read_now(source)
    resume(source, by=source.added_by)
    assert read_due() == 1


def test_inner_addresses_are_not_looked_at():
    community = f.approved().community
    with pytest.raises(FetchFailed) as told:
        look_at_link(community, "http://127.0.0.1/feed.ics", by=community.stewardships.get().user)
    assert told.value.fault == Fault.PRIVATE


def test_what_nobody_connects_is_thrown_away():
    draft = f.looked_at()
    read_due()
    assert RemoteCalendar.objects.filter(pk=draft.pk).exists()
    RemoteCalendar.objects.update(added_at=timezone.now() - timedelta(days=2))
    read_due()
    assert not RemoteCalendar.objects.exists()


# --- bringing in what was connected -------------------------------------------------------------------


@pytest.fixture
def rung(monkeypatch):
    """The names of the tasks that were asked for."""
    names: list[str] = []
    monkeypatch.setattr(celery, "send_task", lambda name, *_, **__: names.append(name))
    return names


def test_connecting_writes_no_event_and_rings(rung, django_capture_on_commit_callbacks):
    draft = f.looked_at(url="https://example.org/feed.ics")
    with django_capture_on_commit_callbacks(execute=True):
        connect(draft, by=draft.added_by)
    assert (rung, Event.objects.count()) == (["events.tasks.load_calendars"], 0)
    assert [load_waiting(), load_waiting()] == [1, 0]
    assert Event.objects.count() == 1


def test_connecting_costs_the_same_however_many_events_there_are(rung, django_assert_num_queries):
    for number in (1, 30):
        file = vcalendar(*(vevent(f"{turn}@x", summary=f"Событие {turn}") for turn in range(number)))
        draft = f.looked_at(content=file.decode(), url=f"https://example.org/{number}.ics")
        with django_assert_num_queries(12):
            connect(draft, by=draft.added_by)


def test_with_redis_away_it_waits_for_the_scan(monkeypatch, django_capture_on_commit_callbacks):
    def away(*_args, **_more):
        raise OperationalError("Redis is away")

    monkeypatch.setattr(celery, "send_task", away)
    draft = f.looked_at(url="https://example.org/feed.ics")
    with django_capture_on_commit_callbacks(execute=True):
        assert connect(draft, by=draft.added_by).state == SourceState.LOADING
    assert load_waiting() == 1
    assert RemoteCalendar.objects.get().state == SourceState.ACTIVE


def test_the_scan_is_in_the_schedule():
    assert celery.conf.beat_schedule["load-calendars"]["task"] == tasks.load_calendars.name
    draft = f.looked_at()
    connect(draft, by=draft.added_by)
    tasks.load_calendars()
    assert Event.objects.count() == 1


def test_a_second_file_before_the_first_is_in_loses_nothing(rung):
    community = f.approved().community
    by = community.stewardships.get().user
    for uid in ("a@x", "b@x"):
        connect(look_at_file(community, "a.ics", vcalendar(vevent(uid, summary=uid)), by=by), by=by)
    load_waiting()
    assert sorted(Event.objects.values_list("title", flat=True)) == ["a@x", "b@x"]
    assert RemoteCalendar.objects.get().state == SourceState.FILES


def test_a_mistake_of_ours_loses_nothing_and_is_tried_again(rung, monkeypatch):
    draft = f.looked_at(url="https://example.org/feed.ics")
    source = connect(draft, by=draft.added_by)
    with monkeypatch.context() as broken:
        broken.setattr(remote, "plan", lambda source, reading: 1 / 0)
        load_waiting()
    source = RemoteCalendar.objects.get()
    assert (source.state, source.error, Event.objects.count()) == (SourceState.LOADING, Fault.BROKEN, 0)
    assert load_waiting() == 0  # not at once
    due(source)
    load_waiting()
    source = RemoteCalendar.objects.get()
    assert (source.state, source.error, Event.objects.count()) == (SourceState.ACTIVE, "", 1)


# --- one link, one community --------------------------------------------------------------------------


def test_a_link_that_another_community_has_is_refused_with_whose_it_is(site):
    choir = f.approved(name="Хор «Прибой»").community
    url = site.put("/feed.ics", f.CALENDAR)
    f.remote_calendar(choir, url=url)
    other = f.approved().community
    with pytest.raises(Refused, match="сообщество «Хор «Прибой»»: его события есть в календаре города"):
        look_at_link(other, f"{url}/", by=other.stewardships.get().user)
    assert site.asked == []  # nobody waits for a site to be told no


def test_it_is_free_again_once_let_go_or_once_its_community_is_no_more():
    url = "https://example.org/feed.ics"
    first = f.remote_calendar(url=url)
    remote.remove(first, keep=True, by=first.added_by)
    second = f.remote_calendar(url=url)
    Community.objects.filter(pk=second.community_id).update(listing=Listing.ARCHIVED)
    third = f.remote_calendar(url=url)
    second.refresh_from_db()
    assert (second.url_key, third.url_key) == ("", key_of_link(url))


def test_another_branch_may_follow_it_as_well():
    url = "https://example.org/feed.ics"
    kazan = f.BranchFactory(slug="kazan", name="Казань", host="kazan.example.org")
    f.remote_calendar(url=url)
    f.remote_calendar(f.approved(community=f.CommunityFactory(branch=kazan)).community, url=url)
    assert RemoteCalendar.objects.filter(url_key=key_of_link(url)).count() == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a.ics", "http://www.example.org:80/a.ics/"),
        ("https://example.org/%D0%B0.ics", "https://example.org/а.ics"),
        (
            "https://calendar.google.com/calendar/ical/Club%40group.calendar.google.com/public/basic.ics",
            "https://calendar.google.com/calendar/ical/club@group.calendar.google.com/private-1a/basic.ics",
        ),
    ],
)
def test_spellings_of_one_link(one, other):
    assert key_of_link(one) == key_of_link(other)


def test_links_that_differ():
    links = [
        "https://example.org/a.ics?id=1",
        "https://example.org/a.ics?id=2",
        "https://example.org:8080/a.ics",
    ]
    assert len({key_of_link(link) for link in links}) == 3


# --- its events ---------------------------------------------------------------------------------------


def test_what_follows_a_source_is_not_changed_by_hand():
    event = f.remote_calendar().imported.get().event
    date = event.occurrences.get()
    for change in (
        lambda: edit_event(event, {"title": "Иначе"}, seen=0, by=event.created_by),
        lambda: edit_following(date, {"title": "Иначе"}, seen=0, by=event.created_by),
        lambda: move_occurrence(date, date.starts_at, date.ends_at, by=event.created_by),
    ):
        with pytest.raises(Refused, match="«Наш календарь»"):
            change()


def test_what_came_from_a_file_is_the_communitys_own():
    draft = f.looked_at()
    event = load(connect(draft, by=draft.added_by)).imported.get().event
    assert edit_event(event, {"title": "Иначе"}, seen=0, by=event.created_by).title == "Иначе"


def test_hiding_and_showing():
    community = f.approved().community
    trust(community, by=f.UserFactory())
    row = f.remote_calendar(community).imported.get()
    for _turn in range(2):
        hide(row, by=row.event.created_by)
    assert Event.objects.get().state == State.RETIRED
    assert not Occurrence.objects.listed().exists()
    for _turn in range(2):
        show(ImportedEvent.objects.get(), by=row.event.created_by)
    assert Event.objects.get().state == State.APPROVED
    assert Occurrence.objects.listed().count() == 1


def test_a_coordinator_approves_all_of_one_calendar_at_one_word():
    source = f.remote_calendar()
    boss = f.coordinator()
    assert [approve_all(source, by=boss) for _turn in range(2)] == [1, 0]
    assert Event.objects.get().state == State.APPROVED
    assert list(Notification.objects.values_list("kind", flat=True)) == ["remote_approved"]


# --- at once ------------------------------------------------------------------------------------------


def _at_once(number, act):
    def one(_number):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
def test_many_readers_at_once_read_each_source_once(site):
    for number in range(3):
        at(site.put(f"/{number}.ics", f.CALENDAR.replace("Прогулка", "Поход")))
    assert sum(_at_once(6, read_due)) == 3
    assert sorted(path for path, _headers in site.asked) == ["/0.ics", "/1.ics", "/2.ics"]
    assert set(Event.objects.values_list("sequence", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would_read_it_many_times(site, monkeypatch):
    """The race is real: this is what the lease is for."""
    source = at(site.put("/feed.ics", f.CALENDAR))
    rows = RemoteCalendar.objects.select_related("branch", "community")
    monkeypatch.setattr(remote, "claim", lambda wanted=None: rows.get(pk=wanted.pk))
    _at_once(4, lambda: remote._read_claimed(remote.claim(source), remote.SECONDS))
    assert len(site.asked) == 4


@pytest.mark.django_db(transaction=True)
def test_a_doubled_click_connects_once():
    draft = f.looked_at(url="https://example.org/feed.ics")
    keys = _at_once(4, lambda: connect(draft, by=draft.added_by).pk)
    assert set(keys) == {draft.pk}
    load(draft)
    assert (Event.objects.count(), RemoteCalendar.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_bring_each_event_in_once(rung):
    draft = f.looked_at(url="https://example.org/feed.ics")
    connect(draft, by=draft.added_by)
    _at_once(4, load_waiting)
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_bring_it_in_twice(rung, monkeypatch):
    """The race is real: this is what the lock is for."""
    source = connect(draft := f.looked_at(url="https://example.org/feed.ics"), by=draft.added_by)
    inside, real = Barrier(2), remote.plan
    monkeypatch.setattr(remote, "_locked", lambda source: RemoteCalendar.objects.get(pk=source.pk))

    def plan(source, reading):
        made = real(source, reading)
        inside.wait(10)
        return made

    monkeypatch.setattr(remote, "plan", plan)
    with pytest.raises(IntegrityError):  # the same event of the source a second time
        _at_once(2, lambda: load(source))


def _both_connect():
    """Two communities connect one link in the same moment; what each is told."""
    drafts = [f.looked_at(url=f"https://example.org/feed.ics{tail}") for tail in ("", "/")]
    waiting = Barrier(2)

    def one(draft):
        try:
            waiting.wait(10)
            return load(connect(draft, by=draft.added_by)).state
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, drafts))


@pytest.mark.django_db(transaction=True)
def test_two_communities_at_once_and_one_has_the_link():
    connected, refused = _both_connect()
    assert connected == SourceState.ACTIVE
    assert "уже подключило сообщество" in refused
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_would_have_it(monkeypatch):
    """The race is real: this is what the constraint is for."""
    monkeypatch.setattr(
        remote, "_hold_link", lambda source: remote._refuse_held(source.community, source.url)
    )
    assert _both_connect() == [SourceState.ACTIVE, SourceState.ACTIVE]
    assert Event.objects.count() == 2


def test_a_dead_reader_gives_its_source_back(site):
    source = at(site.put("/feed.ics", f.CALENDAR))
    assert remote.claim() == source
    assert read_due() == 0
    RemoteCalendar.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert read_due() == 1
