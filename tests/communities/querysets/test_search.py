"""Words in any form, counts under the other filters."""

import pytest

from communities.filters import CommunityFilterSet
from communities.models import Community
from communities.querysets.search import words_query
from communities.views.counts import districts, tally
from tests.factories import BranchFactory, CommunityFactory, DistrictFactory, approved, imported

pytestmark = pytest.mark.django_db


def found(*words, branch=None, in_name=False):
    branch = branch or BranchFactory()
    listed = Community.objects.in_branch(branch).listed()
    query = words_query(words, branch, in_name=in_name)
    return {community.current.name for community in listed.found_by(query).with_record()}


@pytest.fixture
def city():
    approved(name="Соседи Красной Поляны", short="Предложения в генеральный план", topics=["urban"])
    approved(
        name="Чайная среда",
        short="Собираем чайные плантации на карту",
        topics=["food"],
        directions=["culture"],
    )
    approved(name="Ёлка", short="Хор для взрослых", description="Поём в подъездах соседям", topics=["music"])


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["соседями"], {"Соседи Красной Поляны", "Ёлка"}),  # any form of the word, anywhere in the record
        (["сосе"], {"Соседи Красной Поляны", "Ёлка"}),  # the last word may be unfinished
        (["елка"], {"Ёлка"}),  # «ё» and «е» are one letter
        (["план", "поляна"], {"Соседи Красной Поляны"}),  # all words
        (["чай"], {"Чайная среда"}),  # begins a word
        (["музыка"], {"Ёлка"}),  # what its topic is called
        (["ничего"], set()),
        (["и"], {"Соседи Красной Поляны", "Чайная среда", "Ёлка"}),  # says nothing, excludes nothing
    ],
)
def test_words_find(city, words, names):
    assert found(*words) == names


def test_only_the_name(city):
    assert found("сосе", in_name=True) == {"Соседи Красной Поляны"}


def test_another_branch_is_another_catalogue(city):
    other = BranchFactory(slug="kazan", name="Казань", is_default=False)
    approved(community=CommunityFactory(branch=other), name="Соседи Казани")
    assert found("соседи", branch=other) == {"Соседи Казани"}
    assert "Соседи Казани" not in found("соседи")


def test_drafts_and_hidden_ones_are_not_found(city):
    record = approved(name="Соседи тайные")
    Community.objects.filter(pk=record.community_id).update(listing="unlisted")
    assert "Соседи тайные" not in found("соседи")


def test_best_first_prefers_the_name(city):
    approved(name="Двор", description="Здесь живут соседи")
    approved(name="Соседи", description="Двор")
    branch = BranchFactory()
    best = Community.objects.in_branch(branch).listed().best_first(["соседи"], branch, 5).cards()
    assert [row["name"] for row in best][:2] == ["Соседи", "Соседи Красной Поляны"]


def test_more_matches_than_are_ranked(city, monkeypatch):
    monkeypatch.setattr("communities.querysets.search.RANKED", 1)
    assert len(Community.objects.listed().best_first(["сосе"], BranchFactory(), 2).cards()) == 1


class TestFacets:
    @pytest.fixture
    def counts(self):
        adler = DistrictFactory(slug="adler")
        center = DistrictFactory(slug="center", name="Центральный")
        approved(directions=["place", "culture"], format="live", district=adler, looking_for_people=True)
        approved(directions=["place"], format="online", district=center)
        imported(directions=["human"], format="live", district=center)
        options = {
            group: [value for value, _ in pairs] for group, pairs in CommunityFilterSet.options().items()
        }
        options["district"] = ["adler", "center"]

        def count(**chosen):
            return tally(BranchFactory(), districts(BranchFactory())).facets(chosen, options)

        return count

    def test_every_option_counts_rows(self, counts):
        facets = counts()
        assert (facets["all"], facets["total"]) == (3, 3)
        assert facets["direction"] == {
            "place": 2,
            "culture": 1,
            "group": 0,
            "human": 1,
            "plan": 0,
            "bring": 0,
        }
        assert facets["district"] == {"adler": 1, "center": 2}
        assert (facets["looking"], facets["confirmed"]) == ({"true": 1}, {"true": 2})

    def test_a_group_is_counted_under_the_others_alone(self, counts):
        facets = counts(direction=["place"], format=["live"])
        assert (facets["all"], facets["total"]) == (3, 1)
        assert facets["direction"]["human"] == 1  # live ones of other directions can still be added
        assert facets["format"] == {"live": 1, "online": 1, "both": 0, "occasion": 0}
        assert facets["district"] == {"adler": 1, "center": 0}

    def test_counts_are_what_one_then_sees(self, counts):
        for group, value in [
            ("direction", "place"),
            ("format", "live"),
            ("looking", "true"),
            ("district", "center"),
        ]:
            promised = counts(format=["live"])[group][value]
            chosen = {"format": ["live"]} | {group: [value]}
            assert Community.objects.listed().chosen(chosen).count() == promised, group


def test_directions_and_districts():
    adler = DistrictFactory(slug="adler")
    approved(directions=["place", "culture"], district=adler)
    approved(directions=["place"], district=adler)
    cells = tally(BranchFactory(), districts(BranchFactory())).by_direction_and_district()
    assert {cell: n for cell, n in cells.items() if n} == {("place", adler.pk): 2, ("culture", adler.pk): 1}
