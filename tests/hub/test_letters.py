"""What a letter's paragraphs become in HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.templatetags.letters import lettered


@pytest.mark.parametrize(
    ("paragraph", "html"),
    [
        ("Раз <b>два</b>\nтри", "Раз &lt;b&gt;два&lt;/b&gt;<br>три"),
        (
            "см. https://x.ru/?a=1&b=2",
            'см. <a href="https://x.ru/?a=1&amp;b=2">https://x.ru/?a=1&amp;b=2</a>',
        ),
    ],
)
def test_a_paragraph(paragraph, html):
    assert lettered(paragraph) == html


def test_a_line_with_its_address_is_one_link():
    html = lettered('Тропа "862": <одобрена>\nhttps://x.ru/?a=1&b=2')
    assert 'href="https://x.ru/?a=1&amp;b=2"' in html
    assert "Тропа &quot;862&quot;: &lt;одобрена&gt;</a>" in html


@given(st.text(alphabet="<>\"'&/:=ab.hтpsjavcri \n", max_size=80))
def test_nothing_written_by_people_becomes_a_tag_of_theirs(text):
    html = lettered(text)
    assert set(re.findall(r"<\s*/?\s*(\w+)", html)) <= {"a", "br"}
    assert all(address.startswith(("http", "mailto:")) for address in re.findall(r'href="([^"]*)"', html))
    assert not re.search(r"<a [^>]*\bon\w+=", html)
