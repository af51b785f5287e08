"""What must not stand in the logs."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from traceback import format_tb
from typing import Any

#: Addresses whose last part opens something: confirmation of an e-mail, a new password, an invitation, a way
#: out of letters, somebody's own calendar.
_SECRET = re.compile(r"(/(?:confirm-email|password/reset/key|invitations|unsubscribe|calendar/my)/)[^/\s?]+")


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: addresses of requests without the secrets in them, and without their query."""
    # Django names the address of what was not found or broke in its own words.
    if isinstance(words := event.get("event"), str):
        event["event"] = _SECRET.sub(r"\1…", words)
    if isinstance(request := event.get("request"), str):
        event["request"] = _SECRET.sub(r"\1…", request).split("?", 1)[0]
    return event


def place_of(error: BaseException) -> str:
    """Where `error` came from, without its own words: those may quote a letter or a person."""
    return "".join(format_tb(error.__traceback__))
