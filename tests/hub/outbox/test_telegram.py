"""Messages through the bot: sent as they are, tried again, given up, and never with the token in a log."""

import logging

import httpx2
import pytest
from django.db.models import F
from django.db.models.functions import Now

from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery, Revision, TelegramChat
from hub.outbox.channels import telegram as channel
from hub.outbox.delivery import CHANNELS, deliver
from hub.telegram import bot
from tests import factories as f
from tests.telegram_api import TOKEN, error, proxy

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(api):
    """Somebody whose mail is muted: what goes out goes to the chat."""
    user = f.UserFactory(language="ru")
    TelegramChat.objects.create(user=user, chat=77, linked_at=Now())
    return user


def row(**which) -> Delivery:
    return Delivery.objects.get(channel=ChannelCode.TELEGRAM, **which)


def outcome() -> tuple[str, str]:
    return row().state, row().error


def test_a_message_holds_the_words_and_the_button(api, linked, greet):
    branch = f.BranchFactory()
    branch.host = "sochi.example.org"
    branch.save()
    greet(
        user=linked,
        path="/inbox/",
        context={"text": "Встреча <b>в субботу</b> & дальше.\n\nПриходите _все_."},
    )
    deliver()
    [message] = api.sent
    assert message["text"] == "Привет\n\nВстреча <b>в субботу</b> & дальше.\n\nПриходите _все_."
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 6}]
    assert "parse_mode" not in message
    [[button]] = message["reply_markup"]["inline_keyboard"]
    assert button["text"] == "Открыть"
    assert button["url"].endswith("sochi.example.org:8000/inbox/")
    assert outcome() == (DeliveryState.SENT, "")


def test_an_address_that_telegram_refuses_on_a_button_stands_in_the_text(api, linked, greet):
    greet(user=linked, path="/inbox/")
    deliver()
    [message] = api.sent
    assert message["text"].endswith("Открыть: http://localhost:8000/inbox/")
    assert "reply_markup" not in message


@pytest.mark.parametrize("letter", ["я", "😀", "a"])
def test_a_long_message_is_cut_to_what_telegram_takes(api, linked, greet, letter):
    greet(user=linked, path="/inbox/", context={"text": letter * 9000})
    deliver()
    text = api.sent[0]["text"]
    assert 4090 <= len(text.encode("utf-16-le")) // 2 <= 4096
    assert "…\n\nОткрыть: http" in text


def test_the_subject_is_marked_by_utf16(api, linked, greet):
    greet(user=linked, subject="😀 Привет")
    deliver()
    assert api.sent[0]["entities"][0]["length"] == 9


def test_a_lot_goes_over_one_connection(api, linked, greet):
    for number in range(5):
        greet(key=f"greeting:{number}", user=linked)
    deliver()
    assert len(api.sent) == 5
    assert len(api.connections) == 1


def test_through_a_proxy(api, linked, greet, settings):
    with proxy() as (address, asked):
        settings.TELEGRAM_PROXY = address
        greet(user=linked)
        deliver()
    assert len(api.sent) == 1
    assert asked == [f"{api.url}/bot{TOKEN}/sendMessage"]


def test_a_proxy_that_is_gone_blames_no_message(api, linked, greet, settings):
    settings.TELEGRAM_PROXY = "http://127.0.0.1:1"
    greet(user=linked)
    deliver()
    assert outcome() == (DeliveryState.QUEUED, "ConnectError")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (error(500, "Internal Server Error"), "HTTP 500"),
        (error(502, "Bad Gateway"), "HTTP 502"),
        (error(429, "Too Many Requests: retry after 40", retry_after=40), "HTTP 429"),
        (error(401, "Unauthorized"), "HTTP 401"),
        ((302, {"ok": True}), "HTTP 302"),
        ("page", "HTTP 200, not JSON"),
        ("cut", "RemoteProtocolError"),
        ("hang", "ReadTimeout"),
    ],
)
def test_when_nothing_gets_through_it_is_tried_again(api, linked, greet, monkeypatch, fault, told):
    monkeypatch.setattr(bot, "_TIMEOUT", httpx2.Timeout(1))
    greet(user=linked)
    greet(key="greeting:2", user=linked)
    api.fault = lambda method, params: fault
    deliver()
    states = Delivery.objects.filter(channel=ChannelCode.TELEGRAM).order_by("pk")
    assert list(states.values_list("state", "attempts")) == [
        (DeliveryState.QUEUED, 1),
        (DeliveryState.QUEUED, 0),
    ]
    assert states[0].error == told
    assert api.calls == ["sendMessage"]  # the rest did not knock in vain
    api.fault = lambda method, params: None
    Delivery.objects.update(next_try_at=Now())
    deliver()
    assert len(api.sent) == 2


def test_a_short_pause_is_waited_out(api, linked, greet, monkeypatch):
    naps = []
    monkeypatch.setattr(bot, "sleep", naps.append)
    greet(user=linked)
    api.fault = lambda method, params: error(429, "Too Many", retry_after=2) if not naps else None
    deliver()
    assert (naps, len(api.sent)) == ([2], 1)


@pytest.mark.parametrize(
    "fault",
    [
        error(403, "Forbidden: bot was blocked by the user"),
        error(403, "Forbidden: user is deactivated"),
        error(403, "Forbidden: bot can't initiate conversation with a user"),
        error(400, "Bad Request: chat not found"),
        error(400, "Bad Request: USER_DEACTIVATED"),
    ],
)
def test_a_chat_that_is_gone_is_let_go(api, linked, greet, fault):
    for number in range(3):
        greet(key=f"greeting:{number}", user=linked)
    api.fault = lambda method, params: fault
    deliver()
    assert api.calls == ["sendMessage"]
    assert TelegramChat.objects.get().chat is None
    outcomes = Delivery.objects.filter(channel=ChannelCode.TELEGRAM).order_by("pk")
    assert list(outcomes.values_list("state", flat=True)) == [
        DeliveryState.FAILED,
        DeliveryState.SKIPPED,
        DeliveryState.SKIPPED,
    ]
    revision = Revision.objects.get(action="telegram-unlink")
    assert (revision.target_id, revision.actor) == (linked.pk, None)
    greet(key="later", user=linked)
    assert not Delivery.objects.filter(notification__key="later", channel=ChannelCode.TELEGRAM).exists()


def test_a_message_that_telegram_refuses_costs_nobody_the_chat(api, linked, greet):
    greet(user=linked)
    api.fault = lambda method, params: error(400, f"Bad Request: message {params['text']} is wrong")
    deliver()
    assert outcome() == (DeliveryState.FAILED, "HTTP 400")
    assert TelegramChat.objects.get().chat == 77


def test_who_left_after_the_claim_hears_nothing(api, linked, greet, monkeypatch):
    greet(user=linked)
    before = channel.bot

    def leave_first():
        TelegramChat.objects.update(chat=None)
        return before()

    monkeypatch.setattr(channel, "bot", leave_first)
    deliver()
    assert api.sent == []
    assert outcome() == (DeliveryState.FAILED, "not linked")


def test_a_muted_kind_does_not_go_to_the_chat(api, linked, greet):
    f.h.NotificationSettings.objects.create(user=linked, muted=["greeting:telegram"])
    greet(user=linked)
    deliver()
    assert api.sent == []
    assert row().state == DeliveryState.SKIPPED


def test_on_a_portal_without_a_bot_what_waits_is_skipped_in_the_open(api, linked, greet, monkeypatch):
    greet(user=linked)
    monkeypatch.delitem(CHANNELS, ChannelCode.TELEGRAM)
    assert deliver() == 1  # the letter
    assert outcome() == (DeliveryState.SKIPPED, "channel-off")
    assert api.calls == []


def test_no_log_line_and_no_row_holds_the_token(api, linked, greet, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2"):
        assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING
    for number, fault in enumerate([None, error(502, "Bad Gateway"), "cut", error(404, "Not Found"), "page"]):
        greet(key=f"greeting:{number}", user=linked)
        api.fault = lambda method, params, fault=fault: fault
        Delivery.objects.filter(state=DeliveryState.QUEUED).update(next_try_at=Now(), attempts=F("attempts"))
        deliver()
    assert "channel_away" in caplog.text
    assert TOKEN not in caplog.text
    assert "canary" not in "".join(capfd.readouterr())
    assert not Delivery.objects.filter(error__contains="canary").exists()
