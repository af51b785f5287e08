"""Events by words: of the title, the text, the place, or of whoever holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVector
from django.db.models import BooleanField, ExpressionWrapper, F, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Lower, Replace

from communities.querysets.search import words_query
from events.querysets.occurrence import SHOWN

if TYPE_CHECKING:
    from hub.models import Branch

_TEXT = TextField()


def _words_of(*fields: str) -> Any:
    """Every word of these columns, as it stands and in its other forms; «ё» and «е» are one letter."""
    parts = [part for name in fields for part in (F(name), Value(" "))]
    said = Replace(Lower(Concat(*parts, output_field=_TEXT)), Value("ё"), Value("е"), output_field=_TEXT)
    return SearchVector(said, config="russian") + SearchVector(said, config="simple")


#: What an index keeps of an event. Its branch is one more word («branch17»), so that a single index answers
#: «these words in this branch».
SEARCHED = SearchVector(
    Concat(Value("branch"), Cast("branch_id", _TEXT), output_field=_TEXT), config="simple"
) + _words_of("title", "short", "place", "description")


def found_by(
    events: QuerySet,
    branch: Branch,
    words: Sequence[str],
    *,
    holders: Sequence[int] = (),
    venues: Mapping[tuple[str, ...], Sequence[int]] | None = None,
    unfinished: bool = False,
) -> QuerySet:
    """Events of `branch` that have all the (folded) words, in any form, or are held by one of `holders`.

    What the name of its venue says, an event need not say itself (`venues_by_words_left`). `unfinished`: the last
    word may be a beginning; of a common one the index has so much in the whole country that rows must be read to tell.
    """
    fits = Q(searched=words_query(words, branch, unfinished=unfinished))
    for left, there in (venues or {}).items():
        said = Q(searched=words_query(left, branch, unfinished=unfinished)) if left else Q()
        fits |= Q(venue__in=there) & said
    if holders:
        fits |= Q(pk__in=events.filter(organisers__community__in=holders).values("pk"))
    return events.annotate(searched=SEARCHED).filter(fits)


def venues_by_words_left(branch: Branch, words: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    """Venues of `branch` whose names have some of the words, by those which they do not have."""
    said = [
        ExpressionWrapper(Q(searched=words_query([word], None)), output_field=BooleanField())
        for word in words
    ]
    found = defaultdict(list)
    for key, *has in branch.venues.annotate(searched=_words_of("name")).order_by().values_list("pk", *said):
        if any(has):
            found[tuple(word for word, is_there in zip(words, has, strict=True) if not is_there)].append(key)
    return found


def nearest_of(occurrences: QuerySet, events: QuerySet, now: datetime, most: int) -> list[dict[str, Any]]:
    """The next date of each of the events, the soonest first."""
    coming = occurrences.filter(event__in=events.values("pk"), ends_at__gt=now).order_by()
    # Of a common word all dates are compared, but only those that are shown are read whole.
    soonest = coming.values("event").annotate(first=Min("starts_at")).order_by("first", "event")[:most]
    rows = occurrences.filter(event__in=soonest.values("event"), ends_at__gt=now)
    rows = rows.order_by("event_id", "starts_at", "pk").distinct("event_id").values(*SHOWN)
    return sorted(rows, key=lambda row: (row["starts_at"], row["id"]))


def last_of(occurrences: QuerySet, events: QuerySet, now: datetime, most: int) -> list[dict[str, Any]]:
    """The last date of each of the events that are over, the latest first."""
    gone = occurrences.filter(event__in=events.values("pk"), ends_at__lte=now)
    last = gone.order_by("event_id", "-starts_at", "pk").distinct("event_id").values("pk")
    return list(occurrences.filter(pk__in=last).order_by("-starts_at", "pk").values(*SHOWN)[:most])
