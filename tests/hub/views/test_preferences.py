"""How a browser's choice of looks is remembered; whatever address comes along, the answer leads to one of ours."""

import pytest

from tests import factories as f

pytestmark = pytest.mark.django_db


def test_answers_add_up_in_one_cookie(client):
    client.get("/preferences/", {"size": "huge", "next": "/communities/"})
    response = client.get("/preferences/", {"images": "none", "next": "/communities/"})
    assert (response.status_code, response["Location"]) == (302, "/communities/")
    assert client.cookies["a11y"].value == "huge.noimages"
    client.get("/preferences/", {"size": ""})
    assert client.cookies["a11y"].value == "noimages"


def test_theme_is_one_of_ours(client):
    client.get("/preferences/", {"theme": "dark"})
    assert client.cookies["theme"].value == "dark"
    client.get("/preferences/", {"theme": "<script>"})
    assert client.cookies["theme"].value == "dark"


def test_reset(client):
    client.get("/preferences/", {"size": "large"})
    client.get("/preferences/", {"reset": "1"})
    assert client.cookies["a11y"].value == ""


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("/communities/?q=чай", "/communities/?q=%D1%87%D0%B0%D0%B9"),
        ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\x", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("choice", [{"language": "en"}, {"theme": "dark"}])
def test_where_it_leads_back_to(client, asked, where, choice):
    f.BranchFactory()
    answer = client.get("/preferences/", {"next": asked, **choice})
    assert (answer.status_code, answer.headers["Location"]) == (302, where)
