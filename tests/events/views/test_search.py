"""Finding events by words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from events.actions.changing import cancel_event
from events.models import Event
from tests import factories as f

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def found(client, asked):
    """Titles of what is found, the nearest first; then of what is over."""
    context = client.get(reverse("calendar-search"), {"q": asked}).context
    return [[row["title"] for day in context[name] for row in day["rows"]] for name in ("agenda", "gone")]


@pytest.mark.parametrize(
    "asked",
    [
        "экскурсия",
        "Экскурсии по горам",
        "экскур",
        "ЁЛКИ",
        "елка",
        "у фонтана",
        "дендрарий",
        "дендрарий экскурсии",  # of its place and of itself
        "тропа 862",
        "экскурзия",
    ],
)
def test_an_event_is_found_by_its_words(client, asked):
    walks = f.approved(name="Тропа 862").community
    f.published(
        walks,
        title="Экскурсия в горы",
        short="Идём к первой ёлке",
        place="У фонтана",
        venue=f.VenueFactory(name="Парк «Дендрарий»"),
        description="",
    )
    f.published(title="Шахматы", short="Играем", place="", description="")
    assert found(client, asked) == [["Экскурсия в горы"], []]


def test_what_neither_it_nor_its_place_says_is_not_found(client):
    f.published(title="Экскурсия", venue=f.VenueFactory(name="Парк «Дендрарий»"))
    assert found(client, "дендрарий чаепитие") == [[], []]
    assert found(client, "дендрарий парк")[0] == ["Экскурсия"]


def test_a_series_is_found_once_with_its_nearest_date(client):
    f.published(title="Чайная среда", rrule="FREQ=WEEKLY;COUNT=9", starts_at=f.SATURDAY - 7 * ONE)
    f.published(title="Чайная сказка", starts_at=f.SATURDAY - ONE)
    context = client.get(reverse("calendar-search"), {"q": "чайная"}).context
    assert [(day["day"].day, [row["title"] for row in day["rows"]]) for day in context["agenda"]] == [
        (15, ["Чайная сказка"]), (16, ["Чайная среда"]),
    ]  # fmt: skip


def test_what_is_over_is_shown_only_when_nothing_comes(client):
    f.published(title="Праздник моря", starts_at=f.SATURDAY - 30 * ONE)
    assert found(client, "море") == [[], ["Праздник моря"]]
    f.published(title="Снова море")
    assert found(client, "море") == [["Снова море"], []]


def test_nobody_finds_what_is_not_public(client):
    f.event(title="Тайный поход")
    off = f.published(title="Отменённый поход")
    cancel_event(off, reason="Ливень", by=off.created_by)
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    far = f.published(title="Поход в Казани")
    far.occurrences.update(branch=kazan)
    Event.objects.filter(pk=far.pk).update(branch=kazan)
    assert found(client, "поход") == [["Отменённый поход"], []]


@pytest.mark.parametrize("asked", ["", " ", "%", "\x00", "—", "' OR 1=1", "а" * 5000, "<b>", ":*&|!"])
def test_nonsense_finds_nothing_and_breaks_nothing(client, asked):
    f.BranchFactory()
    page = client.get(reverse("calendar-search"), {"q": asked})
    assert page.status_code == 200
    assert "<b>" not in page.content.decode().partition('<h1 class="hub-mt3">')[2].partition("<footer")[0]


@pytest.mark.parametrize("number", [1, 3])
def test_the_answer_costs_the_same_however_long(client, number, django_assert_num_queries):
    for turn in range(number):
        f.published(title=f"Поход {turn}")
    with django_assert_num_queries(5):
        assert len(found(client, "поход")[0]) == number


def test_the_calendar_leads_to_it(client):
    f.BranchFactory()
    assert f'href="{reverse("calendar-search")}"' in client.get(reverse("calendar")).content.decode()
