"""What bars know of figures."""

from django.utils.translation import override

from hub.templatetags import figures


def test_widths_always_have_a_point():
    with override("ru"):
        assert figures.share(1, 8) == "12.5%"
        assert figures.share(9, 8) == "100.0%"
        assert figures.share(None, 8) == figures.share(1, 0) == "0%"


def test_a_waiting_record_against_its_norm():
    assert (figures.agebar(5, 3).level, figures.agebar(5, 3).over) == ("late", 2)
    assert figures.agebar(3, 3).level == "soon"
    assert (figures.agebar(0, 3).level, figures.agebar(0, 3).width) == ("", "9%")
    assert figures.agebar(0, 0)
