"""Icons, covers, seals: what is drawn and not photographed. A builtin of every template, no {% load %}."""

from __future__ import annotations

import re
import zlib
from functools import cache, lru_cache
from typing import NamedTuple

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What a direction looks like; what it is called is told by the app that owns it.
DIRECTION_ICONS = {
    "place": "tree",
    "bring": "coins",
    "culture": "palette",
    "plan": "compass",
    "group": "heart-handshake",
    "human": "school",
}
# The pattern speaks of the direction, the paints of the name.
PATTERNS = {
    "place": (2, 4, 7),
    "bring": (3, 5, 1),
    "culture": (1, 7, 3),
    "plan": (1, 6, 4),
    "group": (6, 5, 3),
    "human": (0, 5, 6),
}
ANY_PATTERN = tuple(range(8))
TURNS = ("", " hub-cover--flip", " hub-cover--zoom", " hub-cover--flip hub-cover--zoom")
SPRITE, COVERS = "hub/sprite.svg", "hub/covers.svg"


class Look(NamedTuple):
    """The paints, pattern and turn of a generated cover."""

    duo: int
    pattern: int
    turn: int


def look(key: str, direction: str = "", duo: int | str | None = None) -> Look:
    """The same key gives the same cover for ever; `duo` (0–7) is the paints that a leader chose, if any."""
    mixed = zlib.crc32(key.encode())
    family = PATTERNS.get(direction, ANY_PATTERN)
    paints = duo if isinstance(duo, int) else mixed  # templates give "" for what they do not have
    return Look(paints % 8, family[(mixed >> 3) % len(family)], (mixed >> 6) % 4)


def initials(name: str) -> str:
    """First letters of the first two words longer than two letters; of a single word, its first two."""
    words = re.findall(r"[^\W\d_]+", name) or re.findall(r"\w+", name)
    long = [word for word in words if len(word) > 2] or words
    return ("".join(word[0] for word in long[:2]) if len(long) > 1 else "".join(long)[:2]).upper()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "search" %}`, `{% icon "check" "sm" %}`; with a label it speaks, without it is decoration."""
    # A page has dozens of the same few; names come from templates, so there are not many of them.
    return _icon(name, size, str(label), _static(SPRITE))


def _static(path: str) -> str:
    """Address of a file of ours; outside development it is the same for as long as the process lives."""
    return static(path) if settings.DEBUG else _static_kept(path)


_static_kept = cache(static)


@lru_cache(maxsize=1000)
def _icon(name: str, size: str, label: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon{}"{}><use href="{}#i-{}"/></svg>',
        f" icon--{size}" if size else "",
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"'),
        sprite,
        name,
    )


@register.simple_tag
def sprite() -> str:
    """Address of the icons, for scripts that draw them."""
    return static(SPRITE)


@register.simple_tag
def brand_mark() -> SafeString:
    return format_html(
        '<svg class="hub-brand__mark" aria-hidden="true"><use href="{}#logo"/></svg>', static(SPRITE)
    )


@register.simple_tag
def cover(
    key: str,
    direction: str = "",
    wide: bool = False,
    picture: str = "",
    small: str = "",
    duo: int | str | None = None,
    seal: str = "",
) -> SafeString:
    """`{% cover c.slug "place" %}`: a picture (its address) if there is one, else a drawn cover.

    `wide` is the cover of a community's own page, with the `small` size of its picture for narrow screens;
    `seal` puts the initials of that name on it.
    """
    drawn = look(key, direction, duo)
    if not picture and not seal:
        return _drawn(drawn, wide, _static(COVERS))
    inside = _photo(picture, small) if picture else _pattern(drawn, wide)
    return format_html(
        '<span class="hub-cover hub-duo-{}{}" aria-hidden="true">{}{}</span>',
        drawn.duo,
        "" if picture else TURNS[drawn.turn],
        inside,
        _seal(seal, drawn.duo, "", "") if seal else "",
    )


def _photo(picture: str, small: str) -> SafeString:
    whole = format_html('<img src="{}" alt="" loading="lazy" decoding="async">', picture)
    if small in ("", picture):
        return whole
    # A phone of three dots to a pixel would take the whole one by `sizes`, ten times as heavy.
    return format_html('<picture><source srcset="{}" media="(max-width: 40rem)">{}</picture>', small, whole)


def _pattern(drawn: Look, wide: bool) -> SafeString:
    file, part = (f"hub/covers/wide-{drawn.pattern}.svg", "p") if wide else (COVERS, f"pt-{drawn.pattern}")
    return format_html('<svg><use href="{}#{}"/></svg>', _static(file), part)


@lru_cache(maxsize=1000)
def _drawn(drawn: Look, wide: bool, _file: str) -> SafeString:
    """A cover of nothing but paints: there are a few hundred of them, whatever they stand for."""
    return format_html(
        '<span class="hub-cover hub-duo-{}{}" aria-hidden="true">{}</span>',
        drawn.duo,
        TURNS[drawn.turn],
        _pattern(drawn, wide),
    )


@register.simple_tag
def seal(key: str, name: str, size: str = "", picture: str = "", duo: int | str | None = None) -> SafeString:
    """`{% seal c.slug c.name %}`: a community's sign, its initials when it has no picture; xs, sm, lg, xl."""
    return _seal(name, look(key, duo=duo).duo, size, picture)


@register.simple_tag
def person(name: object, size: str = "", picture: str = "") -> SafeString:
    """`{% person user "sm" %}`: a round seal with a person's initials."""
    text = str(name)
    return _seal(text.split("@")[0], look(text).duo, size, picture, " hub-seal--person")


def _seal(name: str, duo: int, size: str, picture: str, kind: str = "") -> SafeString:
    letters = initials(name)
    return format_html(
        '<span class="hub-seal{}{} hub-duo-{}" aria-hidden="true"{}>{}</span>',
        kind,
        f" hub-seal--{size}" if size else "",
        duo,
        format_html(' data-initials="{}"', letters) if picture else "",
        format_html('<img src="{}" alt="" loading="lazy" decoding="async">', picture) if picture else letters,
    )


@register.simple_tag
def direction(code: str, label: str = "") -> SafeString:
    """`{% direction "place" "Среда проживания" %}`: icon and word in the direction's own ink."""
    return _direction(code, str(label), _static(SPRITE))


@lru_cache(maxsize=1000)
def _direction(code: str, label: str, sprite: str) -> SafeString:
    return format_html(
        '<span class="hub-dir hub-dir--{}">{}{}</span>',
        code,
        _icon(DIRECTION_ICONS.get(code, "point"), "", "", sprite),
        label,
    )


@register.filter
def direction_icon(code: str) -> str:
    return DIRECTION_ICONS.get(code, "point")
