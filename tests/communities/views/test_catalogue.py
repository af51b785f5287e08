"""The catalogue as its visitors see it."""

import pytest
from django.urls import reverse

from communities.actions.search import refresh_search_words
from communities.models import CensusRecord, Community, Contact, Photo
from hub.small_pictures import CARD, ROW, small
from tests.factories import (
    BranchFactory,
    CommunityFactory,
    DistrictFactory,
    approved,
    draft,
    imported,
    photo,
    sign,
)

pytestmark = pytest.mark.django_db
CATALOGUE = reverse("community-list")
CANARY = "канарейка-79001112233"


def names(response):
    return [c["name"] for c in response.context["communities"]]


def test_newest_first_and_only_listed(client):
    approved(name="Старое")
    approved(name="Новое")
    draft(name="Черновик")
    assert names(client.get(CATALOGUE)) == ["Новое", "Старое"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("direction=culture", ["Чай"]),
        ("direction=culture&direction=place", ["Чай", "Тропа"]),
        ("topic=food", ["Чай"]),
        ("district=adler", ["Тропа"]),
        ("age=seniors", ["Чай"]),
        ("format=online", ["Чай"]),
        ("days=evenings", ["Чай"]),
        ("language=hy", ["Чай"]),
        ("looking=true", ["Тропа"]),
        ("accessible=true", ["Тропа"]),
        ("confirmed=true", ["Тропа"]),
        ("confirmed=false", ["Чай"]),
        ("direction=culture&format=live", []),
        ("direction=nonsense&looking=maybe&district=%00", ["Чай", "Тропа"]),  # makes no sense: left out
        ("q=%D1%87%D0%B0%D0%B9", ["Чай"]),
        ("q=%D1%87%D0%B0%D0%B9&looking=true", []),
        ("page=99", ["Чай", "Тропа"]),
        ("q=%00", ["Чай", "Тропа"]),
    ],
)
def test_filters_stand_in_the_address(client, query, expected):
    center = DistrictFactory(slug="center", name="Центральный")
    approved(name="Тропа", looking_for_people=True, accessible=True, district=DistrictFactory(slug="adler"))
    imported(
        name="Чай",
        directions=["culture"],
        topics=["food"],
        district=center,
        ages=["seniors"],
        format="online",
        days=["evenings"],
        languages=["hy"],
    )
    assert names(client.get(f"{CATALOGUE}?{query}")) == expected


def test_a_lone_letter_is_a_word_and_no_beginning(client):
    approved(name="Тропа")
    approved(name="Б", short="")
    page = client.get(CATALOGUE, {"q": "т"})
    assert page.context["total"] == 0
    assert [c["name"] for c in client.get(CATALOGUE, {"q": "б"}).context["communities"]] == ["Б"]


def test_chosen_options_are_chips_that_take_themselves_off(client):
    approved()
    page = client.get(f"{CATALOGUE}?direction=place&direction=plan&looking=true&view=cards")
    assert [chip["href"] for chip in page.context["chips"]] == [
        "?direction=plan&looking=true&view=cards",
        "?direction=place&looking=true&view=cards",
        "?direction=place&direction=plan&view=cards",
    ]
    assert page.context["clear"] == "?view=cards"


@pytest.mark.parametrize("question", ["походы рядом с Адлером", "около Адлера походы"])
def test_what_is_said_before_a_place_is_not_looked_for(client, question):
    approved(name="Папин якорь", short="Походы", description="Отцы Адлера")
    assert [c["name"] for c in client.get(CATALOGUE, {"q": question}).context["communities"]] == [
        "Папин якорь"
    ]


def test_near_alone_is_a_word_as_any(client):
    approved(name="Свои люди рядом")
    approved(name="Тропа")
    for question in ("рядом", "рядом с"):
        assert client.get(CATALOGUE, {"q": question}).context["total"] == 1


def test_a_typo_is_mended_and_can_be_insisted_on(client):
    approved(name="Соседи")
    refresh_search_words()
    page = client.get(CATALOGUE, {"q": "сосди"})
    assert names(page) == ["Соседи"]
    assert "Показаны результаты" in page.content.decode()
    exact = client.get(CATALOGUE + page.context["exact"])
    assert names(exact) == []
    assert "Таких сообществ пока нет" in exact.content.decode()


def test_empty_catalogue_invites(client):
    BranchFactory()
    page = client.get(CATALOGUE).content.decode()
    assert "Каталог пока пуст" in page
    assert reverse("census-start") in page


def test_another_branch_stays_out(client):
    BranchFactory()
    other = BranchFactory(slug="kazan", name="Казань", is_default=False)
    approved(community=CommunityFactory(branch=other), name="Казанское")
    assert names(client.get(CATALOGUE)) == []
    assert names(client.get(CATALOGUE, headers={"host": other.host})) == ["Казанское"]


def test_htmx_gets_the_part_that_changes(client):
    approved()
    part = client.get(CATALOGUE, headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert "<html" not in part
    assert 'id="results"' in part
    assert 'id="n-direction-place" hx-swap-oob="true"' in part


class TestSuggestions:
    @pytest.fixture(autouse=True)
    def city(self):
        approved(name="Соседи Поляны")
        refresh_search_words()

    def ask(self, client, q):
        return [item["name"] for item in client.get(reverse("community-suggest"), {"q": q}).context["items"]]

    def test_names_topics_words(self, client):
        assert self.ask(client, "сосе") == ["Соседи Поляны", "Дворы и соседство", "соседи"]
        assert self.ask(client, "соседи пол") == ["Соседи Поляны", "соседи поляны"]
        assert "Культурный код" in self.ask(client, "культ")

    def test_typos(self, client):
        assert self.ask(client, "сосди") == ["Соседи Поляны", "соседи"]

    @pytest.mark.parametrize("q", ["", "с", "  ", "<script>", "%", "'&|!:*", "\0"])
    def test_nothing_breaks(self, client, q):
        assert client.get(reverse("community-suggest"), {"q": q}).status_code == 200


def test_gaps_show_and_invite(client):
    approved(directions=["place"], district=DistrictFactory(slug="adler"))
    page = client.get(reverse("community-gaps"))
    assert page.context["most"] == 1
    assert len(page.context["empty"]) == 5
    assert f"{CATALOGUE}?direction=place&amp;district=adler" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 6),
        ("/communities/", 4),
        ("/communities/?q=тропа&direction=place", 4),
        ("/communities/map.geojson", 3),
        ("/communities/gaps/", 3),
        ("/communities/suggest/?q=тро", 3),
        ("/sitemap.xml", 3),
    ],
)
def test_queries_do_not_grow_with_rows(client, django_assert_max_num_queries, rows, address, most):
    for _ in range(rows):
        approved(name="Тропа")
    with django_assert_max_num_queries(most) as seen:
        assert client.get(address).status_code == 200
    assert len(seen) == most


def test_nothing_private_is_public(client):
    """A phone without consent, a draft's words and an edit in work are on no public page."""
    record = approved(name="Тропа", schedule="по субботам")
    steward = record.community.stewardships.get()
    steward.user.name = steward.user.phone = CANARY
    steward.user.save()
    Contact.objects.create(stewardship=steward, kind="phone", value=CANARY, is_public=True)  # no consent
    CensusRecord.objects.create(
        community=record.community, round=record.round, name=CANARY, description=CANARY
    )
    hidden = draft(name=CANARY)
    Community.objects.filter(pk=hidden.community_id).update(slug="hidden")
    refresh_search_words()
    slug = record.community.slug
    for address in (
        "/",
        "/communities/",
        "/communities/?view=cards",
        "/communities/?q=канарейка",
        "/communities/map.geojson",
        "/communities/suggest/?q=кан",
        "/communities/gaps/",
        f"/communities/{slug}/",
        "/communities/hidden/",
        "/sitemap.xml",
        "/api/v1/communities/",
        f"/api/v1/communities/{slug}/",
        "/api/v1/communities/hidden/",
    ):
        content = client.get(address).content.decode()
        # The words that were asked for come back in the field; the canary's number nowhere.
        assert "79001112233" not in content, address


@pytest.mark.parametrize(
    ("address", "width"), [(CATALOGUE, ROW), (f"{CATALOGUE}?view=cards", CARD), (reverse("home"), CARD)]
)
def test_cards_and_rows_show_the_small_sizes(client, address, width):
    record = approved(logo=sign())
    cover = photo()
    Photo.objects.create(record=record, upload=cover)
    page = client.get(address).content.decode()
    assert f'src="/media/{small(cover.file.name, width)}"' in page
    assert cover.file.name not in page
    assert record.logo.file.name not in page


def test_a_card_without_a_small_size_shows_the_whole_one(client):
    cover = photo(width=200)
    Photo.objects.create(record=approved(), upload=cover)
    assert f'src="{cover.url}"' in client.get(CATALOGUE).content.decode()
