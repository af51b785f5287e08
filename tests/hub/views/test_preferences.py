"""Looks of the portal: whatever address comes along, the answer leads to one of ours."""

import pytest

from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("/communities/?q=чай", "/communities/?q=%D1%87%D0%B0%D0%B9"),
        ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
@pytest.mark.parametrize("choice", [{"language": "en"}, {"theme": "dark"}])
def test_where_it_leads_back_to(client, asked, where, choice):
    f.BranchFactory()
    answer = client.get("/preferences/", {"next": asked, **choice})
    assert (answer.status_code, answer.headers["Location"]) == (302, where)
