"""Covers and initials that stand in for pictures."""

import re
from pathlib import Path

import pytest

from hub.templatetags import frame, pictures, states

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Тропа 862", "ТР"),
        ("Чайная среда", "ЧС"),
        ("Настолки на Светлане", "НС"),
        ("ёж", "ЁЖ"),
        ("862", "86"),
        ("мы и вы", "МИ"),
        ("", ""),
        ("🌊", ""),
    ],
)
def test_initials(name, letters):
    assert pictures.initials(name) == letters


def test_a_cover_never_changes_and_a_leader_may_choose_its_paints():
    assert pictures.look("tropa-862", "place") == pictures.look("tropa-862", "place")
    assert pictures.look("tropa-862", "place").pattern in pictures.PATTERNS["place"]
    assert pictures.look("tropa-862", "place", duo=5).duo == 5
    assert pictures.look("tropa-862", "nowhere").pattern in range(8)


def test_every_icon_that_a_template_draws_is_in_the_sprite():
    drawn = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/hub/sprite.svg").read_text()))
    asked = {state.icon for state in states.STATES.values()} | {link.icon for link in frame.SECTIONS}
    asked |= set(pictures.DIRECTION_ICONS.values())
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text()
        asked |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(
            re.findall(r'\bicon(?:_after)?="([\w-]+)"', text)
        )
    assert asked <= drawn
