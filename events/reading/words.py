"""Texts of other programs as plain words: no markup, no letters that nobody sees, as long as our columns."""

from __future__ import annotations

import html
import re

from django.utils.html import strip_tags

_MARKUP = re.compile(
    r"</?(?:a|b|br|div|em|font|html|i|li|ol|p|span|strong|table|u|ul)\b[^<>]*>", re.IGNORECASE
)
# None of them looks further than to the next «<»: an unclosed one must not be looked through again and again.
_LINK = re.compile(
    r"""<a\b[^<>]*\bhref=["']?(https?://[^"'<>\s]+)[^<>]*>(.{0,500}?)</a>""", re.IGNORECASE | re.DOTALL
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.IGNORECASE)
#: Also those that turn the direction of what follows, and those that are no letters at all.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
#: So many times as long as what is kept may the markup be that is taken off.
_MARKED_UP = 10


def one_line(text: str, length: int) -> str:
    """Words on one line, ended by «…» where they are too long."""
    return cut(" ".join(_UNSEEN.sub(" ", text).split()), length)


def paragraphs(text: str, length: int) -> str:
    """Words of several lines, without markup."""
    text = text[: length * _MARKED_UP].replace("\r\n", "\n").replace("\r", "\n")
    if _MARKUP.search(text):
        text = _LINK.sub(_link, text)
        text = html.unescape(strip_tags(_BREAK.sub("\n", text)))
    lines = [line.rstrip() for line in _UNSEEN.sub("", text).replace("\xa0", " ").split("\n")]
    return cut(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), length)


def _link(found: re.Match[str]) -> str:
    words = strip_tags(found[2]).strip()
    return found[1] if not words or words == found[1] else f"{words} ({found[1]})"


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
