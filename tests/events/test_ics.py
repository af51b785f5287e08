"""Any text survives the way into a calendar and back."""

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from events.ics import FOLD, text, written

LETTERS = st.text(
    st.one_of(
        st.sampled_from(list('\\;,:"\n\tбщ🎈👨‍👩‍👧=%^')),
        st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    ),
    max_size=300,
)


@given(LETTERS)
def test_texts_survive(words):
    made = b"BEGIN:VEVENT\r\n" + written([f"SUMMARY:{text(words)}"]) + b"END:VEVENT\r\n"
    assert max(map(len, made.split(b"\r\n"))) <= FOLD
    assert str(icalendar.Event.from_ical(made)["SUMMARY"]) == words.replace("\t", " ")


@given(st.text(max_size=200))
def test_no_text_makes_a_line_of_its_own(words):
    line = written([f"SUMMARY:{text(words)}"])
    assert b"\r" not in line.replace(b"\r\n", b"")
    assert b"\n" not in line.replace(b"\r\n ", b"")[:-2]
