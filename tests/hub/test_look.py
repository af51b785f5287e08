"""How small things look, and how a browser's choice of looks is remembered."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import engines
from django.utils import timezone
from django.utils.translation import override

from hub.templatetags import hub as look

ROOT = Path(__file__).parents[2]


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
    assert look.initials(name) == letters


def test_a_cover_never_changes_and_a_leader_may_choose_its_paints():
    assert look.look("tropa-862", "place") == look.look("tropa-862", "place")
    assert look.look("tropa-862", "place").pattern in look.PATTERNS["place"]
    assert look.look("tropa-862", "place", duo=5).duo == 5
    assert look.look("tropa-862", "nowhere").pattern in range(8)


@pytest.mark.parametrize(
    ("days", "level"), [(0, ""), (183, ""), (184, "aging"), (366, "aging"), (367, "stale")]
)
def test_freshness(days, level):
    assert look.freshness(timezone.localdate() - timedelta(days=days)) == level
    assert look.freshness(timezone.now() - timedelta(days=days)) == level
    assert look.freshness(None) == "never"


def test_numbers_are_grouped_by_spaces_that_do_not_break():
    with override("ru"):
        assert look.num(1234567) == "1\xa0234\xa0567"
        assert look.num(1234.5, 1) == "1\xa0234,5"
        assert look.num(None) == ""


def test_widths_always_have_a_point():
    with override("ru"):
        assert look.share(1, 8) == "12.5%"
        assert look.share(9, 8) == "100.0%"
        assert look.share(None, 8) == look.share(1, 0) == "0%"


def test_a_waiting_record_against_its_norm():
    assert (look.agebar(5, 3).level, look.agebar(5, 3).over) == ("late", 2)
    assert look.agebar(3, 3).level == "soon"
    assert (look.agebar(0, 3).level, look.agebar(0, 3).width) == ("", "9%")
    assert look.agebar(0, 0)


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (1, [1, 2, None, 20]),
        (3, [1, 2, 3, 4, None, 20]),
        (10, [1, None, 9, 10, 11, None, 20]),
        (20, [1, None, 19, 20]),
    ],
)
def test_page_numbers(page, shown):
    assert look.page_numbers(Paginator(range(200), 10).page(page)) == shown


def test_another_page_keeps_the_question():
    assert look.page_link(QueryDict("q=tea&page=2"), 3) == "?q=tea&page=3"
    assert look.page_link(None, 3) == "?page=3"


def test_every_icon_that_a_template_draws_is_in_the_sprite():
    drawn = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/hub/sprite.svg").read_text()))
    asked = {state.icon for state in look.STATES.values()} | {link.icon for link in look.SECTIONS}
    asked |= set(look.DIRECTION_ICONS.values())
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text()
        asked |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(
            re.findall(r'\bicon(?:_after)?="([\w-]+)"', text)
        )
    assert asked <= drawn


class Answer(forms.Form):
    word = forms.CharField(label="Слово", help_text="Подсказка", max_length=5)
    long = forms.CharField(label="Рассказ", widget=forms.Textarea, max_length=2000, required=False)
    one = forms.ChoiceField(label="Одно", choices=[("a", "А"), ("b", "Б")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Согласен")


def test_a_field_is_tied_to_its_hint_and_its_error():
    with override("ru"):
        html = Answer({"word": "слишком длинно"}).as_div()
    assert 'aria-describedby="id_word_helptext id_word_error"' in html
    assert 'id="id_word_helptext"' in html
    assert 'id="id_word_error"' in html
    assert 'value="слишком длинно"' in html
    assert 'aria-invalid="true"' in html
    assert 'data-limit="2000"' in html
    assert html.count('id="id_one_error"') == 1
    assert "style=" not in html
    assert 'id=""' not in html


def test_a_component_says_nothing_of_what_it_was_not_given():
    render = engines["django"].from_string
    card = render("{% load communities %}{% ccard c %}")
    html = card.render({"c": {"url": "/x/", "slug": "x", "name": "<b>Имя</b>"}})
    assert "&lt;b&gt;Имя&lt;/b&gt;" in html
    assert "None" not in html
    assert "hub-dir" not in html


@pytest.mark.django_db
class TestPreferences:
    def test_answers_add_up_in_one_cookie(self, client):
        client.get("/preferences/", {"size": "huge", "next": "/communities/"})
        response = client.get("/preferences/", {"images": "none", "next": "/communities/"})
        assert (response.status_code, response["Location"]) == (302, "/communities/")
        assert client.cookies["a11y"].value == "huge.noimages"
        client.get("/preferences/", {"size": ""})
        assert client.cookies["a11y"].value == "noimages"

    def test_theme_is_one_of_ours(self, client):
        client.get("/preferences/", {"theme": "dark"})
        assert client.cookies["theme"].value == "dark"
        client.get("/preferences/", {"theme": "<script>"})
        assert client.cookies["theme"].value == "dark"

    @pytest.mark.parametrize(
        "address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "", "\\\\x"]
    )
    def test_it_never_sends_away(self, client, address):
        assert client.get("/preferences/", {"theme": "light", "next": address})["Location"] == "/"

    def test_reset(self, client):
        client.get("/preferences/", {"size": "large"})
        client.get("/preferences/", {"reset": "1"})
        assert client.cookies["a11y"].value == ""
