"""Linking through the pages; where there is no bot there is nothing of it."""

import re
from html import unescape

import pytest
from django.test import Client

from hub.models import TelegramChat
from hub.telegram.updates import poll
from tests import factories as f

pytestmark = pytest.mark.django_db
SETTINGS, LINK = "/accounts/notifications/", "/accounts/notifications/telegram/"
CONNECT, DISCONNECT = f"{LINK}connect/", f"{LINK}disconnect/"


@pytest.fixture
def person(client):
    f.BranchFactory()
    user = f.UserFactory()
    client.force_login(user)
    return user


def page(client, address, **more) -> str:
    return client.get(address, **more).content.decode()


def code_on(text: str) -> str:
    [code] = set(re.findall(r"https://t\.me/sochi_test_bot\?start=([\w-]+)", unescape(text)))
    return code


def fragment(client):
    return client.get(LINK, headers={"HX-Request": "true"})


def test_without_a_bot_there_is_no_word_of_it(client, person, settings):
    assert settings.TELEGRAM_TOKEN == ""
    assert "elegram" not in page(client, SETTINGS).split("<main", 1)[1].split("</main", 1)[0]
    for answer in (client.get(LINK), client.post(CONNECT), client.post(DISCONNECT), Client().get(LINK)):
        assert answer.status_code == 404


def test_whoever_was_linked_before_the_bot_was_taken_away_sees_no_word_of_it(client, person, settings):
    TelegramChat.objects.create(user=person, chat=77)
    body = page(client, SETTINGS).split("<main", 1)[1].split("</main", 1)[0]
    assert "elegram" not in body
    settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "862:token", "sochi_test_bot"
    assert page(client, SETTINGS).count("Telegram") > 2


def test_coordinators_filter_by_the_channels_that_there_are(client, settings):
    client.force_login(f.coordinator())
    assert 'value="telegram"' not in page(client, "/outbox/")
    settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "862:token", "sochi_test_bot"
    assert 'value="telegram"' in page(client, "/outbox/")


def test_from_the_button_to_the_mark_and_away_again(client, person, api):
    assert "Подключить Telegram" in page(client, SETTINGS)
    assert client.post(CONNECT).headers["Location"] == LINK
    code = code_on(page(client, LINK))
    assert fragment(client).status_code == 204
    api.write(77, f"/start {code}")
    poll()
    answer = fragment(client)
    assert answer.status_code == 200
    assert "Telegram подключён" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "hx-trigger" not in answer.content.decode()
    assert "Подключён " in page(client, SETTINGS)
    client.post(DISCONNECT)
    assert "Подключить Telegram" in page(client, SETTINGS)
    assert TelegramChat.objects.get().chat is None


def test_the_link_survives_a_reload_and_no_other_browser_sees_it(client, person, api):
    client.post(CONNECT)
    code = code_on(page(client, LINK))
    assert code_on(page(client, LINK)) == code
    elsewhere = Client()
    elsewhere.force_login(person)
    text = page(elsewhere, LINK)
    assert code not in text
    assert "Получить новую ссылку" in text


def test_a_new_link_replaces_the_old(client, person, api):
    client.post(CONNECT)
    old = code_on(page(client, LINK))
    client.post(CONNECT)
    assert code_on(page(client, LINK)) != old
    api.write(77, f"/start {old}")
    poll()
    assert "не подошла" in api.said_to(77)[0]


def test_whoever_is_linked_can_take_another_chat(client, person, api):
    for chat in (77, 78):
        client.post(CONNECT)
        api.write(chat, f"/start {code_on(page(client, LINK))}")
        poll()
    assert TelegramChat.objects.get().chat == 78


def test_the_code_stands_in_no_table(client, person, api):
    client.post(CONNECT)
    code = code_on(page(client, LINK))
    session = client.session
    assert code not in str(dict(session.items()))
    assert code not in str(TelegramChat.objects.values())
