"""Public pages are kept for strangers alone, and not for long."""

import pytest
from django.core.cache import cache

from communities.models import CensusRecord
from tests.factories import UserFactory, approved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PUBLIC_CACHE_SECONDS = 30
    cache.clear()
    yield
    cache.clear()


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
    cache.clear()
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
    CensusRecord.objects.get().community.__class__.objects.update(slug="later")
    assert client.get("/communities/later/").status_code == 200


def test_nobody_sets_a_cookie_on_strangers(client, address):
    for path in (address, "/", "/communities/"):
        assert not client.get(path).cookies


def test_the_page_lives_without_redis(client, address, settings, monkeypatch):
    from redis.exceptions import ConnectionError as Away

    from hub.cache import RedisCache

    def away(*args, **kwargs):
        raise Away

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", away)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.set", away)
    assert RedisCache
    assert "Первое" in client.get(address).content.decode()
