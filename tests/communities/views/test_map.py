"""The map: points while they are few, then how many stand where; nobody lost, nobody twice."""

import pytest
from django.urls import reverse

from communities.views import map as shown
from tests.factories import approved

pytestmark = pytest.mark.django_db
MAP = reverse("community-map")


@pytest.fixture
def crowd(monkeypatch):
    """Three in the middle, one far off; more than two are put together."""
    monkeypatch.setattr(shown, "SEPARATE", 2)
    for shift in range(3):
        approved(name=f"Сосед {shift}", lat=43.5801 + shift / 10_000, lng=39.7201)
    approved(name="Далёкий", lat=43.4, lng=39.95)


def standing(answer):
    return sum(feature["properties"].get("n", 1) for feature in answer["features"])


def test_few_are_sent_as_they_are(client):
    approved(name="Тропа", lat=43.5, lng=39.7)
    approved(name="Без места", lat=None, lng=None)
    answer = client.get(MAP, {"direction": "place"}).json()
    assert answer["whole"]
    assert [f["geometry"]["coordinates"] for f in answer["features"]] == [[39.7, 43.5]]
    assert answer["features"][0]["properties"]["name"] == "Тропа"
    assert client.get(MAP, {"direction": "plan"}).json()["features"] == []


def test_many_are_put_together_where_they_stand(client, crowd):
    answer = client.get(MAP, {"zoom": "11"}).json()
    assert not answer["whole"]
    together, alone = answer["features"]
    assert together["properties"] == {"n": 3}
    assert together["geometry"]["coordinates"] == [39.7201, 43.5802]
    assert alone["properties"]["name"] == "Далёкий"


def test_a_part_of_the_map(client, crowd):
    assert standing(client.get(MAP, {"bbox": "39.7,43.5,39.8,43.6", "zoom": "12"}).json()) == 3
    far = client.get(MAP, {"bbox": "39.9,43.3,40,43.5", "zoom": "12"}).json()
    assert [feature["properties"]["name"] for feature in far["features"]] == ["Далёкий"]
    assert not far["whole"]  # there is more beyond the edge


def test_close_by_everybody_stands_alone(client, crowd):
    near = client.get(MAP, {"bbox": "39.72,43.58,39.73,43.59", "zoom": "18"}).json()
    assert sorted(feature["properties"]["name"] for feature in near["features"]) == [
        "Сосед 0",
        "Сосед 1",
        "Сосед 2",
    ]


@pytest.mark.parametrize("zoom", ["", "0", "11", "99", "-1", "x", "١"])
@pytest.mark.parametrize("bbox", ["", "1,2,3", "nan,0,0,0", "-180,-90,180,90", "1e9,0,0,0", "40,44,39,43"])
def test_nothing_breaks(client, crowd, zoom, bbox):
    answer = client.get(MAP, {"bbox": bbox, "zoom": zoom})
    assert answer.status_code == 200
    assert standing(answer.json()) == (0 if bbox == "40,44,39,43" else 4)


def test_however_many_an_answer_stays_short(client, crowd, monkeypatch):
    monkeypatch.setattr(shown, "MOST_CELLS", 2)
    answer = client.get(MAP, {"zoom": "19"}).json()
    assert (len(answer["features"]), answer["whole"]) == (2, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows):
    for _ in range(rows):
        approved()
    with django_assert_num_queries(3):
        client.get(MAP, {"bbox": "39,43,40,44", "zoom": "12"})
