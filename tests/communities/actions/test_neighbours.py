from __future__ import annotations

import pytest
from django.db import connection

from communities.actions.neighbours import Neighbours, triples_of
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("солнечный город", "солнечный городок"),
        ("тропа", "тропы"),
        ("двор 5", "двор"),
        ("a", "b"),
        ("наш дом", "дом наш"),
    ],
)
def test_likeness_is_that_of_the_database(one, other):
    a, b = triples_of(one), triples_of(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s)", [one, other])
        assert len(a & b) / len(a | b) == pytest.approx(cursor.fetchone()[0], abs=1e-6)


def test_the_likeliest_of_the_same_city_is_found():
    f.approved(name="Солнечный дом")
    best = f.approved(name="Солнечный город")
    neighbours = Neighbours(best.community.branch_id)
    found = neighbours.like("солнечный городок", (), city=best.city_id, city_key="")
    assert found is not None
    assert found.community_id == best.community_id
    assert neighbours.like("солнечный городок", (), city=None, city_key="омск") is None
    assert neighbours.like("совсем другое", (), city=best.city_id, city_key="") is None


def test_an_own_page_tells_more_than_a_name():
    record = f.approved(name="Тропа", vk="https://vk.com/tropa")
    found = Neighbours(record.community.branch_id).like(
        "другое имя", {"vk.com/tropa"}, city=None, city_key=""
    )
    assert found is not None
    assert found.community_id == record.community_id
