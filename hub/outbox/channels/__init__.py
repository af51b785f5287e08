"""Ways out of the portal behind one seam.

A channel opens once for many deliveries (`with channel.open() as send`) and sends them one by one.
What goes wrong is one of three: this message will never go (`Rejected`), this message not now
(`Passing`), nothing goes this way now (`Away`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from hub.models import Delivery

Send = Callable[[Delivery], None]


class Rejected(Exception):
    """Permanently: the address is wrong, the bot is blocked."""


class Passing(Exception):
    """Not now, perhaps later."""


class Away(Exception):
    """The whole channel: its server does not answer. The message itself is not to blame."""


class Channel(Protocol):
    """How deliveries of one channel go out."""

    def open(self) -> AbstractContextManager[Send]:
        """A way to send, kept open for many. Raises Away."""
