"""Numbers as words."""

from django.utils.translation import override

from hub.templatetags import words


def test_numbers_are_grouped_by_spaces_that_do_not_break():
    with override("ru"):
        assert words.num(1234567) == "1\xa0234\xa0567"
        assert words.num(1234.5, 1) == "1\xa0234,5"
        assert words.num(None) == ""
