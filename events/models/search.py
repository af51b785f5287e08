"""The vocabulary of the calendar, for mending typos."""

from communities.models.search import Word, word_indexes, word_once


class EventWord(Word):
    """A word that occurs in titles of published events that are to come or were of late."""

    class Meta:
        constraints = [word_once("event_word")]
        indexes = word_indexes("event_word")
