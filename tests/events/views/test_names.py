"""Names of communities, by key and by word."""

import pytest

from events.views.names import Names, name_communities, names_of
from tests import factories as f


def test_by_their_words_those_are_found_that_have_them_all():
    names = Names({3: "Хор «Прибой»", 5: "Хор соседей", 8: "Ёлка"})
    assert names.having(["хор"]) == [3, 5]
    assert names.having(["соседей", "хор"]) == [5]
    assert names.having(["елка"]) == [8]
    assert names.having(["хор", "елка"]) == names.having(["нет"]) == []


def test_another_name_is_another_mark():
    assert Names({3: "Хор"}).mark == Names({3: "Хор"}).mark
    assert len({Names({3: "Хор"}).mark, Names({3: "Хоры"}).mark, Names({4: "Хор"}).mark}) == 3


@pytest.mark.django_db
def test_only_listed_communities_are_named():
    listed = f.approved(name="Хор").community
    f.RecordFactory(community__branch=listed.branch, name="Черновик")
    assert names_of(listed.branch).by_key == {listed.pk: "Хор"}
    rows = [{"communities": [listed.pk, listed.pk + 1]}]
    name_communities(rows, names_of(listed.branch).by_key)
    assert rows[0]["held_by"] == "Хор"
