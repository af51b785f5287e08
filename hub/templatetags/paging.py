"""Links to other pages of a long answer. A builtin of every template."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict

register = template.Library()


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """1 … 4 5 6 … 20: the ends, the neighbours, None where numbers are left out."""
    last, here = page.paginator.num_pages, page.number
    kept = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    shown: list[int | None] = []
    for n in kept:
        if shown and shown[-1] is not None and n - shown[-1] > 1:
            shown.append(n - 1 if n - shown[-1] == 2 else None)
        shown.append(n)
    return shown


@register.simple_tag
def page_link(query: QueryDict | None, number: int, param: str = "page") -> str:
    """The same question, another page of its answer."""
    asked = query.copy() if query is not None else QueryDict(mutable=True)
    asked[param] = str(number)
    return f"?{asked.urlencode()}"
