"""Every page is valid HTML and says what it is: read by a strict parser, as it comes and as its forms come back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import html5lib
import pytest
from django.db import transaction

from tests.architecture.cast import make_cast
from tests.architecture.pages import ASKED, address_of, pages
from tests.flows.visitor import Visitor

#: Attributes that name other elements of the page by their id.
POINTERS = ("for", "list", "form", "popovertarget", "aria-labelledby", "aria-describedby", "aria-controls")
#: What a group of a definition list may hold.
OF_A_GROUP = {"dt", "dd", "script", "template"}
#: A moment as HTML knows it: at most three digits of a second's fraction.
MOMENT = re.compile(r"(\d{4}-\d\d(-\d\d)?)?([T ]?\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?")
PRESSED = {"a", "button", "select", "textarea", "label", "summary"}
ENDINGS = re.compile(r" — Центр Сообществ, Сочи$")


def faults(html: str) -> Iterator[str]:
    """What a strict reader finds wrong."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    for (line, _column), code, values in parser.errors:
        yield f"{code} {values or ''} in line {line}: {html.splitlines()[line - 1].strip()[:160]}"
    elements = list(tree.iter())
    ids = Counter(one.get("id") for one in elements if one.get("id"))
    yield from (f"id {name} stands there {n} times" for name, n in ids.items() if n > 1)
    for one in elements:
        for attribute in POINTERS:
            missing = set((one.get(attribute) or "").split()) - set(ids)
            if missing:
                yield f"<{one.tag} {attribute}> points at {sorted(missing)}"
        inside = [child.tag for child in one if isinstance(child.tag, str)]
        if one.tag == "dl" and not set(inside) <= {"dt", "dd", "div", "script", "template"}:
            yield f"a list of definitions holds {inside}"
        if one.tag == "div" and "dt" in inside and not ("dd" in inside and set(inside) <= OF_A_GROUP):
            yield f"a group of definitions holds {inside}"
        if one.tag == "time" and not MOMENT.fullmatch(one.get("datetime") or ""):
            yield f"no moment: {one.get('datetime')}"
        if one.tag in ("a", "button") and (
            pressed := {child.tag for child in one.iter()} & PRESSED - {one.tag}
        ):
            yield f"{sorted(pressed)} inside <{one.tag}>"
    if not (tree.get("lang") or ""):
        yield "no language"
    title = "".join(tree.find("head/title").itertext()) if tree.find("head/title") is not None else ""
    if not ENDINGS.sub("", title).strip():
        yield "no title"
    if (n := sum(one.tag == "h1" for one in elements)) != 1:
        yield f"{n} headings of the first level"


def documents(role: str) -> Iterator[tuple[str, str]]:
    """(name, HTML) of every page that this viewer opens, and of each of its forms sent empty."""
    cast = make_cast()
    for name, arguments, query, viewer in pages():
        if viewer != role:
            continue
        address = address_of(name, arguments, query, cast.things)
        with transaction.atomic():
            visitor = Visitor(cast.people[viewer]).open(address)
            if "<html" in visitor.html:
                yield f"{name} {query}".strip(), visitor.html
            for form in [form for form in visitor.forms if form.method == "post"]:
                target = (form.action or address).split("#")[0]
                with transaction.atomic():
                    token = form.fields.get("csrfmiddlewaretoken", [])
                    answer = visitor.client.post(target, {"csrfmiddlewaretoken": token})
                    transaction.set_rollback(True)
                if answer.status_code in (200, 422) and b"<html" in answer.content:
                    yield f"{name}, {target} sent empty", answer.content.decode()
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted({viewer for *_, viewer in pages()}))
def test_every_page_is_valid(role):
    read = list(documents(role))
    found = [f"{name}: {fault}" for name, html in read for fault in faults(html)]
    assert not found, "\n".join(found)


@pytest.mark.django_db
def test_a_page_that_is_asked_for_something_shows_it():
    cast = make_cast()
    for name, query, viewer in ASKED:
        page = Visitor(cast.people[viewer]).open(address_of(name, {}, query, cast.things))
        assert "hub-empty" not in page.html, (name, query)


def test_the_reader_finds_faults():
    html = """<!doctype html>
<html lang="ru"><title> — Центр Сообществ, Сочи</title><ul><li id="one"></ul>
<p id="one"><label for="two">Имя</label></p><time datetime="2026-11-26T07:40:36.356504+03:00"></time>
<dl><div><svg></svg><dt>Где</dt></div></dl><a href="/"><button>Дальше</button></a></section></html>"""
    said = " ".join(faults(html))
    words = [
        "line 4",
        "id one stands there 2 times",
        "['two']",
        "no moment",
        "a group of definitions",
        "no title",
    ]
    assert [word for word in [*words, "['button'] inside <a>", "0 headings"] if word not in said] == []
