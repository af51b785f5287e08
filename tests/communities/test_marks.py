"""Counting by bits says the same as counting one by one."""

from hypothesis import given
from hypothesis import strategies as st

from communities.filters import CommunityFilterSet
from communities.marks import PLACES, SIZE, Tally, marks

COUNTED = [option for option in PLACES if option[0] != "confirmed"]
DISTRICTS = {1: "adler", 2: "center", 3: "adler"}  # of two cities, under one address
records = st.lists(
    st.tuples(st.sampled_from([None, *DISTRICTS]), st.booleans(), st.frozensets(st.sampled_from(COUNTED))),
    max_size=40,
)
chosen = st.dictionaries(
    st.sampled_from(["direction", "format", "district", "looking", "confirmed"]),
    st.integers(0, 3),
    max_size=3,
)


def options():
    fixed = {group: [value for value, _ in pairs] for group, pairs in CommunityFilterSet.options().items()}
    return fixed | {"district": ["adler", "center"]}


@given(records, chosen)
def test_facets_are_what_counting_one_by_one_gives(rows, picked):
    every = options()
    picked = {
        group: [every[group][at % len(every[group])]]
        if group not in ("looking", "confirmed")
        else [["true", "false"][at % 2]]
        for group, at in picked.items()
    }

    def has(row, group, value):
        district, confirmed, own = row
        if group == "district":
            return DISTRICTS.get(district) == value
        true = confirmed if group == "confirmed" else (group, "true") in own
        if group in ("looking", "accessible", "confirmed"):
            return true == (value == "true")
        return (group, value) in own

    def fits(row, but=""):
        return all(any(has(row, g, v) for v in values) for g, values in picked.items() if g != but)

    tally = Tally([(district, confirmed, marks(own)) for district, confirmed, own in rows], DISTRICTS)
    facets = tally.facets(picked, every)
    assert len(tally) == facets["all"] == len(rows)
    assert facets["total"] == sum(map(fits, rows))
    for group, values in every.items():
        assert facets[group] == {
            value: sum(has(row, group, value) and fits(row, group) for row in rows) for value in values
        }
    for (direction, district), n in tally.by_direction_and_district().items():
        assert n == sum(row[0] == district and has(row, "direction", direction) for row in rows)


def test_every_option_of_the_catalogue_has_a_place_of_its_own():
    fixed = [(group, value) for group, values in options().items() for value in values if group != "district"]
    assert {option for option in fixed if option[0] != "confirmed"} == set(PLACES)
    assert len(set(PLACES.values())) == len(PLACES)
    assert max(PLACES.values()) < 8 * SIZE


def test_places_never_move():
    """What stands in the database keeps its meaning: new options come at the end of their group."""
    known = {
        "direction": "place culture group human plan bring",
        "topic": "ecology yards trails sport health animals gardens heritage peoples music theatre craft food books"
        " games science it learning children youth seniors disability veterans charity business tourism urban media",
        "age": "families children teens youth adults seniors",
        "days": "weekdays evenings weekends",
        "format": "live online both occasion",
        "language": "ru hy ady ka el tr uk en sgn other",
    }
    first = {"direction": 0, "topic": 8, "age": 56, "days": 64, "format": 72, "language": 80}
    for group, values in known.items():
        for at, value in enumerate(values.split()):
            assert PLACES[group, value] == first[group] + at
    assert (PLACES["looking", "true"], PLACES["accessible", "true"]) == (112, 113)
