"""The tabs under the thumb: what a visitor of a kind may open and add from any page."""

import re

import pytest

from hub.choices import RoleKind
from tests import factories as f

pytestmark = pytest.mark.django_db


def tabs(client, address="/calendar/"):
    """(words, address) of the tabs; a button that opens a menu has none."""
    html = client.get(address).content.decode()
    bar = re.search(r'<nav class="hub-tabs.*?</nav>', html, re.S).group()
    found = re.findall(r"<(?:a|button)([^>]*)>.*?</svg>([^<]+)", bar)
    return [(words, (re.findall(r'href="([^"]+)"', said) or [None])[0]) for said, words in found]


def test_a_stranger(client):
    f.BranchFactory()
    assert tabs(client) == [
        ("Главная", "/"), ("Сообщества", "/communities/"), ("Добавить", "/cabinet/register/"),
        ("Календарь", "/calendar/"), ("Войти", "/accounts/login/"),
    ]  # fmt: skip


def test_who_signed_in_adds_an_event_a_talk_or_a_community(client):
    f.BranchFactory()
    client.force_login(f.UserFactory())
    assert tabs(client) == [
        ("Сообщества", "/communities/"), ("Календарь", "/calendar/"), ("Добавить", None),
        ("Кабинет", "/cabinet/"), ("Меню", None),
    ]  # fmt: skip
    html = client.get("/calendar/").content.decode()
    menu = re.search(r'id="add-new" popover>.*?</div>', html, re.S).group()
    addresses = re.findall(r'<a href="([^"]+)"', menu)
    assert addresses == ["/cabinet/events/new/", "/cabinet/talks/new/", "/cabinet/register/"]
    # Each is a page for whoever has no community yet, too.
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]


def test_the_administration_adds_events_of_the_city(client):
    client.force_login(f.staff(RoleKind.ADMINISTRATION, f.BranchFactory()))
    assert ("Событие", "/state-events/desk/new/") in tabs(client)


def test_a_coordinator_has_the_queue(client):
    client.force_login(f.coordinator(f.BranchFactory()))
    assert [words for words, _ in tabs(client)] == ["Очередь", "Реестр", "Сообщества", "Показатели", "Меню"]
