"""How communities look in lists."""

from django.template import engines


def test_a_component_says_nothing_of_what_it_was_not_given():
    render = engines["django"].from_string
    card = render("{% load communities %}{% ccard c %}")
    html = card.render({"c": {"url": "/x/", "slug": "x", "name": "<b>Имя</b>"}})
    assert "&lt;b&gt;Имя&lt;/b&gt;" in html
    assert "None" not in html
    assert "hub-dir" not in html
