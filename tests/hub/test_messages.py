"""Catalogues without the system's gettext: what is found, what is compiled, what is missed."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation import ngettext, override

from hub import messages

TEMPLATE = """{% load i18n %}<a title="{% trans "Привет, мир" %}" href="{% url 'x' %}">{{ _("встроенная") }}</a>
  {% translate 'Он сказал "да"' as said %}{% translate "май" context "месяц" %}
{% blocktranslate count n=items|length trimmed %}
  {{ n }} сообщество
{% plural %}
  {{ n }} сообществ
{% endblocktranslate %}
{% include "x.html" with title=_("Заголовок") %} it's not a call: gettext(x)
"""


def test_templates_give_their_texts_with_line_context_and_forms():
    found = extract(messages.extract_template, BytesIO(TEMPLATE.encode()), keywords=messages.KEYWORDS)
    assert [(line, text, context) for line, text, _comments, context in found] == [
        (1, "Привет, мир", None),
        (1, "встроенная", None),
        (2, 'Он сказал "да"', None),
        (2, "май", "месяц"),
        (3, ("%(n)s сообщество", "%(n)s сообществ"), None),
        (8, "Заголовок", None),
    ]


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path):
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    for english in ("community", "Community"):
        catalogue = Catalog(locale="en")
        catalogue.add("сообщество", english)
        with source.open("wb") as file:
            write_po(file, catalogue)
        source.with_suffix(".mo").unlink(missing_ok=True)
        messages.compile_catalogues(tmp_path)
        assert english.encode() in source.with_suffix(".mo").read_bytes()
    before = source.with_suffix(".mo").stat().st_mtime_ns
    messages.compile_catalogues(tmp_path)
    assert source.with_suffix(".mo").stat().st_mtime_ns == before


def test_russian_needs_its_forms_and_nothing_else(tmp_path: Path, monkeypatch, capsys):
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "words.py").write_text('_("слово")\nngettext("%(n)s слово", "%(n)s слов", n)\n')
    (tmp_path / "locale" / "en").mkdir(parents=True)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    messages.extract()
    assert messages.check() == 1
    assert "нет форм: ('%(n)s слово', '%(n)s слов')" in capsys.readouterr().out
    path = messages.catalogue("ru", "django")
    with path.open("rb") as file:
        catalogue = read_po(file, locale="ru")
    assert [message.id for message in catalogue if message.id] == [("%(n)s слово", "%(n)s слов")]
    catalogue["%(n)s слово"].string = ("%(n)s слово", "%(n)s слова", "%(n)s слов")
    with path.open("wb") as file:
        write_po(file, catalogue)
    assert messages.check() == 0
    assert "en/django: 0 из 2" in capsys.readouterr().out


def test_our_russian_counts_as_russian_does():
    with override("ru"):
        said = [ngettext("%(n)s сообщество", "%(n)s сообществ", n) % {"n": n} for n in (1, 2, 5, 11, 21)]
    assert said == ["1 сообщество", "2 сообщества", "5 сообществ", "11 сообществ", "21 сообщество"]
