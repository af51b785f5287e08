"""Public pages are kept for strangers alone, and not for long."""

import contextlib
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as Away

from communities.models import CensusRecord, Community
from hub.cache import _away_until
from hub.prepared import Prepared
from hub.public import forget
from tests.factories import UserFactory, approved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PUBLIC_CACHE_SECONDS = settings.KEPT_SECONDS = 30
    forget()
    yield
    forget()
    _away_until.clear()  # a test that breaks Redis breaks no other


@pytest.fixture
def address():
    return approved(name="Первое").community.get_absolute_url()


def rename(name):
    CensusRecord.objects.update(name=name)


def test_a_stranger_gets_the_kept_page_without_a_query(client, address, django_assert_num_queries):
    client.get(address)
    rename("Второе")
    with django_assert_num_queries(0):
        page = client.get(address)
    assert "Первое" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-cache"


def test_the_browser_asks_and_hears_that_nothing_changed(client, address):
    etag = client.get(address).headers["ETag"]
    answer = client.get(address, headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    rename("Второе")
    forget()
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200


def test_a_signed_in_person_sees_the_truth(client, address):
    client.get(address)
    rename("Второе")
    client.force_login(UserFactory())
    page = client.get(address)
    assert "Второе" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    client.logout()
    client.cookies.clear()
    assert "Первое" in client.get(address).content.decode()


@pytest.mark.parametrize("cookie", [("theme", "dark"), ("a11y", "large"), ("django_language", "en")])
def test_looks_and_language_have_pages_of_their_own(client, address, cookie):
    plain = client.get(address).content
    client.cookies[cookie[0]] = cookie[1]
    assert client.get(address).content != plain


def test_other_addresses_are_other_pages(client, address):
    assert (
        client.get("/communities/?direction=place").content
        != client.get("/communities/?direction=plan").content
    )


def test_hosts_do_not_share(client, address):
    client.get(address)
    rename("Второе")
    assert "Второе" in client.get(address, headers={"host": "other.example.org"}).content.decode()


def test_faults_and_moves_are_not_kept(client, address):
    assert client.get("/communities/later/").status_code == 404
    Community.objects.update(slug="later")
    assert client.get("/communities/later/").status_code == 200


def test_nobody_sets_a_cookie_on_strangers(client, address):
    for path in (address, "/", "/communities/"):
        assert not client.get(path).cookies


def test_the_page_lives_without_redis(client, address, settings, monkeypatch):
    def away(*args, **kwargs):
        raise Away

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", away)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.set", away)
    assert "Первое" in client.get(address).content.decode()


class TestPrepared:
    def test_values_take_the_place_of_marks(self, address):
        newest = Prepared(
            lambda slug, pk: Community.objects.filter(slug=slug, pk=pk).values("slug"), str, int
        )
        community = Community.objects.get()
        assert newest(community.slug, community.pk) == [{"slug": community.slug}]
        assert newest("x", community.pk) == newest(community.slug, 0) == []
        assert newest("'; --", community.pk) == []

    def test_says_what_django_says(self, address):
        community = Community.objects.get()
        said = Prepared(lambda pk: Community.objects.filter(pk=pk).whole_page(), int)(community.pk)
        assert said == list(Community.objects.filter(pk=community.pk).whole_page())

    def test_moments_come_in_utc(self, address):
        read = Prepared(lambda pk: Community.objects.filter(pk=pk).values("listed_at"), int)
        moment = read(Community.objects.get().pk)[0]["listed_at"]
        assert (moment, moment.isoformat()[-6:]) == (Community.objects.get().listed_at, "+00:00")

    def test_a_lost_mark_is_noticed(self):
        with pytest.raises(ValueError, match="mark"):
            Prepared(lambda slug: Community.objects.filter(slug=slug + "x").values("slug"), str)("a")


@pytest.mark.parametrize("sent", [{}, {"HX-Request": "true"}])
def test_a_part_of_a_page_is_not_kept_for_the_whole(client, address, sent):
    part = client.get("/communities/", headers={"HX-Target": "results", **sent}).content.decode()
    whole = client.get("/communities/", headers=sent)
    assert "<html" not in part
    assert "<html" in whole.content.decode()
    assert "HX-Target" in whole.headers["Vary"]


def test_a_page_expires_at_one_moment_wherever_it_lies(client, address, time_machine_to):
    client.get(address)  # into Redis
    client.get(address)  # into this process
    rename("Второе")
    assert "Первое" in client.get(address).content.decode()
    time_machine_to(31)
    cache.clear()  # as Redis itself would
    assert "Второе" in client.get(address).content.decode()


@pytest.fixture
def time_machine_to():
    with contextlib.ExitStack() as travels:
        yield lambda seconds: travels.enter_context(
            time_machine.travel(timezone.now() + timedelta(seconds=seconds))
        )
