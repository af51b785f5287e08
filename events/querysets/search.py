"""Events by words: of the title, the text, the place, or of whoever holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVector, TrigramWordSimilarity
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, Lower, Replace

from communities.querysets.search import words_query
from events.querysets.occurrence import SHOWN

#: So alike is a word that was typed with a mistake.
ALIKE = 0.5
_TEXT = ("title", "short", "place", "description")


def found_by(events: QuerySet, words: Sequence[str], holders: Sequence[int]) -> QuerySet:
    """Events that have all the (folded) words, in any form, or are held by one of `holders`."""
    parts: list[Any] = [Value(" ")]
    for name in _TEXT:
        parts += [F(name), Value(" ")]
    parts.append(Coalesce(F("venue__name"), Value("")))
    said = Lower(Concat(*parts, output_field=TextField()), output_field=TextField())
    text = Replace(said, Value("ё"), Value("е"), output_field=TextField())
    vector = SearchVector(text, config="russian") + SearchVector(text, config="simple")
    fits = Q(vector=words_query(words, None))
    if holders:
        fits |= Q(pk__in=events.filter(organisers__community__in=holders).values("pk"))
    return events.annotate(vector=vector).filter(fits)


def alike(events: QuerySet, words: Sequence[str]) -> QuerySet:
    """Those whose title has words that look like these."""
    asked = " ".join(words)
    return events.annotate(likeness=TrigramWordSimilarity(asked, Lower("title"))).filter(likeness__gte=ALIKE)


def nearest_of(occurrences: QuerySet, events: QuerySet, now: datetime, most: int) -> list[dict[str, Any]]:
    """The next date of each of the events, the soonest first."""
    coming = occurrences.filter(event__in=events.values("pk"), ends_at__gt=now)
    first = coming.order_by("event_id", "starts_at", "pk").distinct("event_id").values("pk")
    rows = occurrences.filter(pk__in=first).order_by("starts_at", "pk")
    return list(rows.values(*SHOWN)[:most])


def last_of(occurrences: QuerySet, events: QuerySet, now: datetime, most: int) -> list[dict[str, Any]]:
    """The last date of each of the events that are over, the latest first."""
    gone = occurrences.filter(event__in=events.values("pk"), ends_at__lte=now)
    last = gone.order_by("event_id", "-starts_at", "pk").distinct("event_id").values("pk")
    return list(occurrences.filter(pk__in=last).order_by("-starts_at", "pk").values(*SHOWN)[:most])
