"""What stands above the days of the calendar is drawn once a while for strangers; the days are always fresh."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from events.views import calendar as views
from hub.public import forget
from tests import factories as f

pytestmark = pytest.mark.django_db
CALENDAR = reverse("calendar")


@pytest.fixture(autouse=True)
def kept(settings):
    """The parts are kept, the whole page is not."""
    settings.KEPT_SECONDS, settings.PUBLIC_CACHE_SECONDS = 30, 0
    forget()
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield
    forget()


@pytest.fixture
def drawn(monkeypatch):
    """The questions whose bar was put together."""
    made = []
    bar = views.bar

    def watched(request, question):
        made.append(question.data.urlencode())
        return bar(request, question)

    monkeypatch.setattr(views, "bar", watched)
    return made


@pytest.mark.parametrize(
    "query",
    [
        "",
        "month=2027-02",
        "view=list",
        "view=week&week=2027-W03",
        "view=map",
        "when=weekend",
        "day=2027-01-16",
    ],
)
def test_what_many_ask_is_drawn_once_and_looks_the_same(client, settings, drawn, query):
    f.published(title="Прогулка")
    first, second = (client.get(f"{CALENDAR}?{query}").content for _turn in range(2))
    assert drawn == [query]
    settings.KEPT_SECONDS = 0
    assert first == second == client.get(f"{CALENDAR}?{query}").content


@pytest.mark.parametrize(
    "query",
    [
        "topic=music",
        "month=never",
        "month=2027-13",
        "utm_source=vk",
        "month=2027-01&month=2027-02",
        "view=list&page=2",
    ],
)
def test_what_few_ask_is_not_kept(client, drawn, query):
    f.BranchFactory()
    for _turn in range(2):
        client.get(f"{CALENDAR}?{query}")
    assert len(drawn) == 2


def test_the_days_are_fresh(client):
    f.published(title="Прогулка")
    client.get(CALENDAR)
    f.published(title="Поход")
    assert "Поход" in client.get(CALENDAR).content.decode()


def test_each_question_host_language_and_person_has_its_own(client, settings, drawn):
    f.BranchFactory()
    settings.ALLOWED_HOSTS = ["*"]
    asked = [{}, {"HTTP_HOST": "sochi.example.org"}, {"HTTP_ACCEPT_LANGUAGE": "en"}, {"secure": True}]
    pages = [client.get(CALENDAR, **one).content.decode() for one in asked]
    assert len(drawn) == 4
    assert [
        "webcal://testserver/calendar.ics" in pages[0],
        "webcal://sochi.example.org/calendar.ics" in pages[1],
        "Subscribe" in pages[2],
        'rel="canonical" href="https://testserver/' in pages[3],
    ] == [True, True, True, True]
    with time_machine.travel(datetime(2027, 1, 15, 9, tzinfo=UTC), tick=False):
        client.get(CALENDAR)
    assert len(drawn) == 5
    client.force_login(f.UserFactory())
    for _turn in range(2):
        client.get(CALENDAR)
    assert len(drawn) == 7
