"""The settings."""

import pytest
from django.test import Client

from hub import consents
from hub.choices import ConsentKind
from hub.models import Revision
from tests import factories as f

pytestmark = pytest.mark.django_db
GOOD = {"name": "Ольга Тропинина", "phone": "8 862 200 12 34", "language": "ru", "theme": "dark"}


@pytest.fixture
def person(client):
    f.BranchFactory()
    user = f.UserFactory()
    client.force_login(user)
    return user


def test_the_settings_are_saved_and_the_browser_remembers_the_looks(client, person):
    response = client.post("/accounts/settings/", GOOD)
    assert response.headers["Location"] == "/accounts/settings/"
    person.refresh_from_db()
    assert (person.name, str(person.phone), person.theme) == ("Ольга Тропинина", "+78622001234", "dark")
    assert response.cookies["theme"].value == "dark"
    assert response.cookies["django_language"].value == "ru"
    assert 'data-bs-theme="dark"' in client.get("/accounts/settings/").content.decode()
    assert Revision.objects.get(action="save-profile").changed == ["name", "phone", "theme"]


def test_a_theme_as_in_the_system_forgets_the_cookie(client, person):
    client.post("/accounts/settings/", GOOD)
    assert client.post("/accounts/settings/", {**GOOD, "theme": ""}).cookies["theme"].value == ""


def test_a_name_is_one_line(client, person):
    client.post("/accounts/settings/", {**GOOD, "name": "Ольга\r\nhttps://example.org/\nТропинина"})
    person.refresh_from_db()
    assert person.name == "Ольга https://example.org/ Тропинина"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"phone": "12"}, {"language": "xx"}, {"theme": "pink"}])
def test_a_refused_form_keeps_what_was_typed_and_changes_nothing(client, person, wrong):
    response = client.post("/accounts/settings/", {**GOOD, "name": "Печатали Долго", **wrong})
    page = response.content.decode()
    assert "data-error-summary" in page
    if "name" not in wrong:
        assert "Печатали Долго" in page
    person.refresh_from_db()
    assert person.name != "Печатали Долго"
    assert person.get_short_name() in page  # the frame shows who is signed in, not what was typed


def test_the_settings_need_a_sign_in():
    f.BranchFactory()
    for address in ("/accounts/settings/", "/accounts/my-data/", "/accounts/my-data/erase/"):
        assert Client().get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert Client().get("/accounts/consents/withdraw/").status_code in (302, 405)


def test_the_number_of_queries_does_not_grow_with_consents(client, person, django_assert_num_queries):
    def give(number):
        consents.give(person, ConsentKind.CONTACT, subject=f"contact:{number}", channel="team")

    give(1)
    client.get("/accounts/settings/")  # what is cached for all pages is cached
    with django_assert_num_queries(QUERIES):
        client.get("/accounts/settings/")
    give(2), give(3)
    with django_assert_num_queries(QUERIES):
        client.get("/accounts/settings/")


QUERIES = 12


@pytest.mark.parametrize("subject", ["contact:1\0", "contact:" + "9" * 40, "<b>"])
def test_a_consent_about_nothing_of_ours_is_not_found(client, person, subject):
    answer = client.post("/accounts/consents/withdraw/", {"kind": "contact", "subject": subject})
    assert answer.status_code == 404
