"""What a letter's paragraphs become in HTML."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_TITLE_AND_ADDRESS = re.compile(r"(?P<title>[^\n]+)\n(?P<address>https?://\S+)")


@register.filter
def lettered(paragraph: str) -> SafeString:
    """A line with an address under it becomes a link; other addresses can be followed where they stand."""
    if found := _TITLE_AND_ADDRESS.fullmatch(paragraph.strip()):
        return format_html(
            '<a class="ink" href="{}" style="color:#00566f;font-weight:bold">{}</a>',
            found["address"],
            found["title"],
        )
    # urlize escapes what it links and, asked to, the rest; line breaks are ours.
    return mark_safe(urlize(escape(paragraph)).replace("\n", "<br>"))
