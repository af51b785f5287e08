"""A calendar of one's own: whose events, by a secret that is nowhere else, until it is taken back."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from events.actions.announcing import approve_event, edit_event, publish
from events.actions.changing import move_occurrence
from events.actions.feeds import make_feed, renew_feed, revoke_feed, token_of
from events.actions.registering import withdraw
from events.models import PersonalFeed
from events.querysets import feeds as known
from events.querysets.feeds import Source, add_source
from hub.my_data import erase, export
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def community():
    return f.approved().community


@pytest.fixture
def leader(community):
    return community.stewardships.get().user


def made(user, sources=("communities",), filters=None):
    feed = make_feed(f.BranchFactory(), sources=list(sources), filters=filters or {}, by=user)
    return reverse("personal-ics", args=[token_of(feed)])


def read(client, path):
    """Title → status of what stands in the calendar."""
    response = client.get(path)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(b"".join(response.streaming_content))
    return {str(event["SUMMARY"]): str(event["STATUS"]) for event in calendar.walk("VEVENT")}


def test_what_is_not_published_yet_is_tentative(client, community, leader):
    f.published(community, title="Прогулка")
    f.event(community, title="Задумка")
    sent = f.event(community, title="Отправлено")
    publish(sent, by=leader)
    f.published(title="Чужое")
    assert read(client, made(leader)) == {
        "Прогулка": "CONFIRMED", "Задумка": "TENTATIVE", "Отправлено": "TENTATIVE",
    }  # fmt: skip


def test_what_is_published_is_tentative_no_more_for_whoever_asks_again(client, community, leader):
    event = publish(f.event(community, title="Прогулка"), by=leader)
    path = made(leader)
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    approve_event(event, by=f.coordinator())
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200
    assert read(client, path) == {"Прогулка": "CONFIRMED"}


def test_the_citys_events_by_filters(client, community, leader):
    f.published(community, title="Прогулка")
    f.published(title="Хор", topics=["music"])
    f.published(title="Чтения", topics=["trails"])
    f.event(title="Чужой черновик", topics=["music"])
    assert read(client, made(leader, ["city"])) == dict.fromkeys(("Прогулка", "Хор", "Чтения"), "CONFIRMED")
    assert read(client, made(leader, ["city"], {"topic": ["music"]})) == {"Хор": "CONFIRMED"}
    assert set(read(client, made(leader, ["city", "communities"], {"topic": ["music"]}))) == {
        "Хор",
        "Прогулка",
    }


def test_where_one_goes(client):
    guest = f.UserFactory()
    event = f.opened(5, f.approved().community, title="Мастерская")
    f.published(title="Чужое")
    place = f.registration(event, guest)
    path = made(guest, ["registered"])
    assert read(client, path) == {"Мастерская": "CONFIRMED"}
    tag = client.get(path).headers["ETag"]
    withdraw(place, by=guest)
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200
    assert read(client, path) == {}


def test_other_parts_of_the_portal_add_their_own(client, leader, monkeypatch):
    monkeypatch.setattr(known, "_sources", dict(known._sources))
    event = f.published(title="Записалась")

    def keys(_user, _branch):
        return type(event).objects.filter(title="Записалась").values("pk")

    add_source(Source("other", "Ещё что-то моё", "", keys))
    assert read(client, made(leader, ["other"])) == {"Записалась": "CONFIRMED"}
    assert Visitor(leader).open("/cabinet/calendar/").sees("Ещё что-то моё")


def test_who_leaves_a_community_reads_its_events_no_more(client, community, leader):
    f.published(community, title="Прогулка")
    path = made(leader)
    assert read(client, path) == {"Прогулка": "CONFIRMED"}
    community.stewardships.all().delete()
    assert read(client, path) == {}


@pytest.mark.parametrize("how", ["renewed", "revoked", "erased", "inactive", "altered"])
def test_an_address_that_is_no_longer_opens_nothing(client, community, leader, how):
    path = made(leader)
    assert client.get(path).status_code == 200
    branch = f.BranchFactory()
    if how == "renewed":
        fresh = renew_feed(branch, by=leader)
        assert client.get(reverse("personal-ics", args=[token_of(fresh)])).status_code == 200
    elif how == "revoked":
        assert revoke_feed(branch, by=leader)
    elif how == "erased":
        erase(leader, by=None)
        assert not PersonalFeed.objects.exists()
    elif how == "inactive":
        get_user_model().objects.filter(pk=leader.pk).update(is_active=False)
    else:
        path = path.replace(path[-8:-4], "".join("0" if sign != "0" else "1" for sign in path[-8:-4]))
    assert client.get(path).status_code == 404


def test_another_branch_knows_nothing_of_it(client, leader):
    path = made(leader)
    other = f.BranchFactory(slug="kazan", name="Казань", is_default=False)
    assert client.get(path, headers={"host": other.host}).status_code == 404


def test_only_the_hash_is_stored_and_no_log_has_the_address(client, leader, caplog):
    path = made(leader)
    token = path.removesuffix(".ics").rpartition("/")[2]
    assert len(token) == 64
    [row] = PersonalFeed.objects.values()
    assert token not in str(row)
    client.get(path)
    client.get(path.replace(token, f"{token}0"))
    logged = "\n".join(
        f"{record.msg} {record.args}" for record in caplog.records if record.name != "django.request"
    )
    assert "/calendar/my/" in logged
    assert token not in logged


def test_djangos_own_words_name_no_secret():
    from hub.logs import hide_secrets

    said = hide_secrets(None, "", {"event": "Not Found: /calendar/my/0a1b2c.ics"})
    assert said == {"event": "Not Found: /calendar/my/…"}


def test_headers_keep_it_private(client, leader):
    response = client.get(made(leader))
    assert response.headers["Cache-Control"] == "private, max-age=30"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_unchanged_costs_no_reading_and_every_change_is_seen(
    client, community, leader, django_assert_num_queries
):
    event = f.published(community, title="Прогулка", rrule="FREQ=WEEKLY;COUNT=3")
    path = made(leader, ["communities", "city"])
    tag = client.get(path).headers["ETag"]
    with django_assert_num_queries(5):
        again = client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, max-age=30"

    def changed():
        nonlocal tag
        before, tag = tag, client.get(path).headers["ETag"]
        return before != tag

    with time_machine.travel(datetime(2027, 1, 14, 10, tzinfo=UTC), tick=False):
        edit_event(event, {"title": "Тропа"}, seen=0, by=leader)
        assert changed()
        f.event(community, title="Задумка")
        assert changed()
        made(leader, ["communities"])
        assert changed()
        date = event.occurrences.order_by("was_at")[1]
        with time_machine.travel(datetime(2027, 1, 14, 11, tzinfo=UTC), tick=False):
            move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=leader)
            assert changed()
        assert not changed()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, community, leader, django_assert_num_queries, rows):
    path = made(leader, ["communities", "city"])
    for number in range(rows):
        f.published(community, starts_at=f.SATURDAY + number * ONE)
    with django_assert_num_queries(8):
        b"".join(client.get(path).streaming_content)


def test_long_calendars_come_in_pieces(client, community, leader, monkeypatch):
    monkeypatch.setattr("events.views.personal.CHUNK", 2)
    for number in range(5):
        f.published(community, title=f"{number}")
    assert set(read(client, made(leader))) == {"0", "1", "2", "3", "4"}


# --- the page ---------------------------------------------------------------------------------------


def test_a_leader_makes_changes_and_takes_back_an_address(client, community, leader):
    f.published(community, title="Прогулка")
    page = Visitor(leader).open("/cabinet/calendar/")
    assert page.sees("Получить личный адрес", "События моих сообществ")
    page.send(sources=["communities"])
    feed = PersonalFeed.objects.get(user=leader)
    path = reverse("personal-ics", args=[token_of(feed)])
    assert page.sees("Личный адрес готов", "Этот адрес — как ключ")
    assert f"webcal://testserver{path}" in page.html
    assert read(client, path) == {"Прогулка": "CONFIRMED"}
    page.send(sources=["communities", "city"], topic=["music"], flags=["free"])
    feed.refresh_from_db()
    assert (feed.sources, feed.filters) == (["communities", "city"], {"topic": ["music"], "free": ["true"]})
    assert token_of(feed) == path.removesuffix(".ics").rpartition("/")[2]  # a change keeps the address
    page.send("renew")
    assert page.sees("Прежний адрес больше не работает")
    assert client.get(path).status_code == 404
    page.send("revoke")
    assert page.sees("Личный адрес удалён", "Получить личный адрес")
    assert not PersonalFeed.objects.exists()


def test_an_empty_calendar_is_refused_in_words(leader):
    page = Visitor(leader).open("/cabinet/calendar/").send(sources=[], topic=["music"])
    assert page.sees("Отметьте хотя бы что-то одно")
    assert not PersonalFeed.objects.exists()


def test_after_new_keys_the_page_offers_a_new_address(leader, settings):
    path = made(leader)
    settings.SECRET_KEY = "another key of the portal"
    assert Client().get(path).status_code == 200
    assert Visitor(leader).open("/cabinet/calendar/").sees("Ключи портала сменились", "Заменить адрес")


def test_my_data_tells_of_it_without_its_secret(leader):
    made(leader, ["communities"], {})
    feed = PersonalFeed.objects.get()
    told = export(leader)
    assert "events.personalfeed" in told
    assert feed.nonce not in told
    assert feed.token_hash not in told
