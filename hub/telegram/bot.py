"""The Bot API. Its token is a part of every address: no error of ours may carry one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import httpx2
from django.conf import settings

_TIMEOUT = httpx2.Timeout(10, connect=5)
#: Asked to slow down for no longer than that, we wait on the spot (seconds).
PATIENCE = 3
#: Not about this very message: the token is wrong, somebody else listens.
_NOT_OURS = {401, 404, 409}


class Unreachable(Exception):
    """Telegram, or the way to it, lets nothing through now."""


class TooFast(Unreachable):
    """Flood control: to this chat, or from this bot, nothing more for a while."""


class Declined(Exception):
    """Telegram's answer is no, and asking again would not change it."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"HTTP {code}")
        self.code, self.words = code, words


class Bot:
    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def call(self, method: str, **params: Any) -> Any:
        """The result of `method`. Raises Unreachable (TooFast), Declined."""
        code, answer = self._ask(method, params)
        pause = (answer.get("parameters") or {}).get("retry_after")
        if code == 429 and isinstance(pause, int) and pause <= PATIENCE:
            sleep(pause)
            code, answer = self._ask(method, params)
        if answer.get("ok") is True and code == 200:
            return answer.get("result")
        if code == 429:
            raise TooFast("HTTP 429")
        if 400 <= code < 500 and code not in _NOT_OURS:
            raise Declined(code, str(answer.get("description", "")))
        raise Unreachable(f"HTTP {code}")

    def _ask(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            response = self._client.post(method, json=params)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):  # a proxy's page, not Telegram's answer
            raise Unreachable(f"HTTP {response.status_code}, not JSON")
        return response.status_code, answer


@contextmanager
def bot() -> Iterator[Bot]:
    """The bot over one connection, kept open for many calls."""
    with httpx2.Client(
        base_url=f"{settings.TELEGRAM_API}/bot{settings.TELEGRAM_TOKEN}/",
        proxy=settings.TELEGRAM_PROXY or None,
        timeout=_TIMEOUT,
        trust_env=False,  # the way out is what the settings say, whatever the machine is told
    ) as client:
        yield Bot(client)
