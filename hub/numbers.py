"""Numbers out of addresses and forms, where anybody may write anything."""

from __future__ import annotations


def number_of(text: str | None, default: int = 0) -> int:
    """The whole number that is written there; `default` for anything else, or for more than a key can be.

    >>> number_of("17"), number_of("-1"), number_of("", 5), number_of("9" * 19)
    (17, 0, 5, 0)
    """
    return int(text) if text and text.isdecimal() and len(text) < 19 else default
