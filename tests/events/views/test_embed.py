"""The calendar in a frame on other sites: what it shows, and which headers let it stand there and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from events.actions.changing import cancel_event
from tests import factories as f

pytestmark = pytest.mark.django_db
EMBED, CODE, SCRIPT = reverse("calendar-embed"), reverse("calendar-embed-code"), reverse("calendar-embed-js")
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def titles(client, query=""):
    return [row["title"] for row in client.get(f"{EMBED}?{query}").context["rows"]]


def policy(response):
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("twice", [False, True])  # the second answer may come from the cache
def test_this_page_alone_may_be_framed(client, settings, twice):
    settings.PUBLIC_CACHE_SECONDS = 30
    f.published()
    for _time in range(1 + twice):
        embed = client.get(EMBED)
    assert policy(embed)["frame-ancestors"] == ["*"]
    assert policy(embed)["default-src"] == ["'none'"]
    assert policy(embed)["script-src"] == ["'self'"]
    assert not embed.has_header("X-Frame-Options")
    assert embed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not embed.cookies
    for path in (reverse("calendar"), CODE, reverse("event-detail", args=[f.e.Event.objects.get().slug])):
        page = client.get(path)
        assert policy(page)["frame-ancestors"] == ["'none'"], path
        assert page.headers["X-Frame-Options"] == "DENY", path
        assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin", path


def test_it_is_the_same_for_everybody(client):
    event = f.published()
    stranger = client.get(EMBED).content
    client.force_login(event.created_by)
    assert client.get(EMBED).content == stranger


def test_the_script_may_be_loaded_by_other_sites_and_listens_to_us_alone(client):
    script = client.get(SCRIPT)
    text = script.content.decode()
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "event.origin !== address.origin" in text
    assert client.post(SCRIPT).status_code == 405


def test_the_next_ones_by_filters_and_number(client):
    community = f.approved().community
    f.published(community, title="Вчера", starts_at=f.SATURDAY - 3 * ONE)
    f.published(community, title="Ёлка", starts_at=f.SATURDAY - 9 * ONE, ends_at=f.SATURDAY)
    for number in range(6):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + number * ONE)
    f.published(community, title="Хор", topics=["music"], starts_at=f.SATURDAY + 30 * ONE)
    cancel_event(f.published(community, title="Дождь"), reason="", by=f.UserFactory())
    f.event(community, title="Черновик")
    assert titles(client) == ["Ёлка", "0", "1", "2", "3"]
    assert titles(client, "n=3") == ["Ёлка", "0", "1"]
    assert titles(client, "n=9999") == ["Ёлка", "0", "1", "2", "3"]
    assert titles(client, "topic=music") == ["Хор"]


@pytest.mark.parametrize(
    ("query", "attribute"),
    [("theme=dark", 'data-bs-theme="dark"'), ("theme=light", 'data-bs-theme="light"'), ("theme=x", '<html lang="ru">')],
)  # fmt: skip
def test_themes(client, query, attribute):
    f.BranchFactory()
    assert attribute in client.get(f"{EMBED}?{query}").content.decode()


def test_empty_says_what_will_be_here(client):
    f.BranchFactory()
    assert "Скоро здесь появятся события" in client.get(EMBED).content.decode()
    assert "Таких событий пока не объявили" in client.get(f"{EMBED}?topic=music").content.decode()


def test_what_somebody_wrote_is_no_markup(client):
    f.published(title="<img src=x>&", place="<b>двор</b>")
    text = client.get(EMBED).content.decode()
    assert "<img src=x>" not in text
    assert "<b>двор</b>" not in text


def test_the_code_has_what_was_chosen(client):
    f.BranchFactory()
    page = client.get(f"{CODE}?topic=music&theme=dark&n=10&evil=%22%3E%3Cscript%3E")
    text = page.content.decode()
    query = "topic=music&amp;theme=dark&amp;n=10"
    # Shown to be copied, so every sign of it is escaped once; the query inside is an attribute's own words.
    assert (
        f"&lt;script src=&quot;http://testserver/calendar/embed.js&quot; data-query=&quot;{query}"
        in text.replace('"', "&quot;")
    )
    assert "evil" not in page.context["query"]
    assert policy(page)["frame-src"] == ["'self'"]


def test_no_event_takes_the_address_of_the_frame(client):
    event = f.published(title="Embed")
    assert event.slug != "embed"
    assert client.get(event.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        f.published(community, starts_at=f.SATURDAY + number * ONE)
    with django_assert_num_queries(3):
        assert client.get(EMBED).status_code == 200
