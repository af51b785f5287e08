"""Links to other pages of a long answer."""

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict

from hub.templatetags import paging


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
    assert paging.page_numbers(Paginator(range(200), 10).page(page)) == shown


def test_another_page_keeps_the_question():
    assert paging.page_link(QueryDict("q=tea&page=2"), 3) == "?q=tea&page=3"
    assert paging.page_link(None, 3) == "?page=3"
