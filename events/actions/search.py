"""The vocabulary of the calendar: learnt when a title is published, counted anew by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from communities.actions.search import count_anew, learn
from events.models import Event, EventWord
from hub.choices import State
from hub.models import Branch

#: What is held once a year is looked for before it is announced again.
LATELY = timedelta(days=366)


def learn_title(event: Event) -> None:
    """Take the words of a published title into the vocabulary, once the event is written for good.

    By then nobody waits for them behind its locks; words that are lost here cost a suggestion until the next count.
    """
    if event.state == State.APPROVED:
        transaction.on_commit(partial(learn, EventWord, event.branch_id, event.title), robust=True)


def refresh_event_words(branch: Branch | None = None) -> int:
    """Count the vocabulary of the calendar anew, of `branch` or of every branch; return how many words it has."""
    return count_anew(EventWord, _titles, branch)


def _titles(branch: Branch) -> Iterator[str]:
    since = timezone.localdate(timezone=branch.tz) - LATELY
    events = Event.objects.in_branch(branch).published().happening_from(since)
    return events.values_list("title", flat=True).iterator(chunk_size=2000)
