"""Finding events by words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from events.actions.changing import cancel_event
from events.actions.search import refresh_event_words
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


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("экскурзия", "экскурсия"),  # a letter mistaken,
        ("экскрсия", "экскурсия"),  # missing,
        ("экскурссия", "экскурсия"),  # added,
        ("эксукрсия", "экскурсия"),  # two of them swapped
        ("экскурзии гоыр", "экскурсия горы"),
        ("эксскурзция", "экскурсия"),  # more slips than one
        ("'rcrehcbz", "экскурсия"),  # in the other layout of the keyboard
        ("'rcreh", "экскур"),
        ("экскурзия дендрарий", "экскурсия дендрарий"),  # a word of its place
    ],
)
def test_a_typo_is_mended_and_the_page_says_so(client, asked, meant):
    f.published(title="Экскурсия в горы", venue=f.VenueFactory(name="Парк «Дендрарий»"))
    f.published(title="Шахматы")
    refresh_event_words()
    assert found(client, asked) == [["Экскурсия в горы"], []]
    page = client.get(reverse("calendar-search"), {"q": asked}).content.decode()
    assert f"Точно таких слов нет. Показаны результаты по запросу <b>«{meant}»</b>." in page


def test_what_is_over_is_found_by_a_typo_too(client):
    f.published(title="Праздник моря", starts_at=f.SATURDAY - 30 * ONE)
    refresh_event_words()
    assert found(client, "празник") == [[], ["Праздник моря"]]


def test_words_that_are_there_are_not_mended(client):
    f.published(title="Праздник моря", starts_at=f.SATURDAY - 30 * ONE)
    f.published(title="Праздник мира")
    refresh_event_words()
    context = client.get(reverse("calendar-search"), {"q": "моря"}).context
    assert [row["title"] for day in context["gone"] for row in day["rows"]] == ["Праздник моря"]
    assert not context["mended"]


def test_a_typo_tells_nothing_of_what_is_not_public_here(client):
    f.published(title="Чай")
    f.event(title="Экскурсия")
    kazan = f.BranchFactory(slug="kazan", name="Казань", host="kazan.example")
    far = f.published(title="Экскурсия в кремль")
    far.occurrences.update(branch=kazan)
    Event.objects.filter(pk=far.pk).update(branch=kazan)
    refresh_event_words()
    for asked in ("экскурзия", "эксскурзция", "'rcrehcbz"):
        context = client.get(reverse("calendar-search"), {"q": asked}).context
        assert (context["agenda"], context["gone"], context["mended"]) == ([], [], "")


def test_a_word_whose_event_is_gone_is_not_offered(client):
    """Until the next count it is still in the vocabulary."""
    f.published(title="Экскурсия")
    refresh_event_words()
    Event.objects.update(state="retired")
    page = client.get(reverse("calendar-search"), {"q": "экскурзия"}).content.decode()
    assert "Таких событий нет" in page
    assert "экскурсия" not in page


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
    refresh_event_words()
    with django_assert_num_queries(4):
        assert len(found(client, "поход")[0]) == number
    with django_assert_num_queries(9):
        assert len(found(client, "похол")[0]) == number


@pytest.mark.parametrize(
    ("asked", "most"),
    [
        ("похо", 5),  # a beginning
        ("прогулка", 6),  # over
        ("похол", 9),  # one slip
        ("патход", 10),  # more
        ("gj[jl", 9),  # the other layout
        ("патход прогултка", 12),
        ("щщщщщ", 8),  # nothing like it
    ],
)
def test_no_answer_costs_more_than_twelve_queries(client, asked, most, django_assert_num_queries):
    f.published(title="Поход")
    f.published(title="Прогулка", starts_at=f.SATURDAY - 30 * ONE)
    f.published(title="Поход и прогулка", starts_at=f.SATURDAY - 30 * ONE)
    refresh_event_words()
    with django_assert_num_queries(most):
        found(client, asked)


def test_the_calendar_leads_to_it(client):
    f.BranchFactory()
    assert f'href="{reverse("calendar-search")}"' in client.get(reverse("calendar")).content.decode()
