"""What tests of the kernel stand on: files of their own, a portal that has a bot, and the Telegram behind it."""

import pytest

from hub.choices import ChannelCode
from hub.outbox.channels.telegram import Telegram
from hub.outbox.delivery import CHANNELS
from tests.telegram_api import TOKEN, telegram_api


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def api(settings, monkeypatch):
    with telegram_api() as api:
        settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = TOKEN, "sochi_test_bot"
        settings.TELEGRAM_API, settings.TELEGRAM_PROXY = api.url, ""
        monkeypatch.setitem(CHANNELS, ChannelCode.TELEGRAM, Telegram())
        yield api
