"""Connecting a calendar of another program: looked at first, one link for one community, twice is once."""

from functools import partial

import pytest
from kombu.exceptions import OperationalError

from communities.choices import Listing
from communities.models import Community
from events.actions import connecting, remote
from events.actions.connecting import connect, look_at_file, look_at_link
from events.actions.following import load, load_waiting
from events.choices import SourceState
from events.models import Event, RemoteCalendar
from events.models.remote import key_of_link
from hub.approvals import Refused
from hub.celery import app as celery
from hub.fetching import Fault, FetchFailed
from tests import factories as f
from tests.at_once import at_once
from tests.events.ics_files import vcalendar, vevent

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch):
    """The names of the tasks that were asked for."""
    names: list[str] = []
    monkeypatch.setattr(celery, "send_task", lambda name, *_, **__: names.append(name))
    return names


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


def test_inner_addresses_are_not_looked_at():
    community = f.approved().community
    with pytest.raises(FetchFailed) as told:
        look_at_link(community, "http://127.0.0.1/feed.ics", by=community.stewardships.get().user)
    assert told.value.fault == Fault.PRIVATE


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


def test_a_second_file_before_the_first_is_in_loses_nothing(rung):
    community = f.approved().community
    by = community.stewardships.get().user
    for uid in ("a@x", "b@x"):
        connect(look_at_file(community, "a.ics", vcalendar(vevent(uid, summary=uid)), by=by), by=by)
    load_waiting()
    assert sorted(Event.objects.values_list("title", flat=True)) == ["a@x", "b@x"]
    assert RemoteCalendar.objects.get().state == SourceState.FILES


# --- one link, one community ----------------------------------------------------------------------------


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


# --- at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_doubled_click_connects_once():
    draft = f.looked_at(url="https://example.org/feed.ics")
    keys = at_once(*[lambda: connect(draft, by=draft.added_by).pk] * 4)
    assert set(keys) == {draft.pk}
    load(draft)
    assert (Event.objects.count(), RemoteCalendar.objects.count()) == (1, 1)


def _both_connect():
    """Two communities connect one link in the same moment; what each is told."""
    drafts = [f.looked_at(url=f"https://example.org/feed.ics{tail}") for tail in ("", "/")]

    def one(draft):
        return load(connect(draft, by=draft.added_by)).state

    return sorted(map(str, at_once(*(partial(one, draft) for draft in drafts), refusals=Refused)))


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
        connecting, "_hold_link", lambda source: connecting._refuse_held(source.community, source.url)
    )
    assert _both_connect() == [SourceState.ACTIVE, SourceState.ACTIVE]
    assert Event.objects.count() == 2
