"""Venues: by their names, as a coordinator looks for them, and which of them may be one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, Count, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, Lower, Now, Replace

from communities.querysets.duplicates import ALIKE, next_to
from events.querysets.occurrence import LONGEST

if TYPE_CHECKING:
    from events.models import Venue
    from hub.models import Branch

#: So many possible twins are named.
TWINS = 5
_TEXT = TextField()


def _folded(*parts: Any) -> Any:
    """As people look for it: small letters, «ё» and «е» are one."""
    joined = [piece for part in parts for piece in (part, Value(" "))]
    return Replace(Lower(Concat(*joined, output_field=_TEXT)), Value("ё"), Value("е"), output_field=_TEXT)


class VenueQuerySet(QuerySet):
    def in_branch(self, branch: Branch | int) -> Self:
        return self.filter(branch=branch)

    def called(self, name: str) -> Self:
        """Those that are called so, however the letters are written; the name of today goes before all others."""
        first = Case(When(name__iexact=name, then=0), default=1)
        rows = self.filter(Q(name__iexact=name) | Q(other_names__contains=[name.lower()]))
        return rows.order_by(first, "pk")

    def sought(self, words: str) -> Self:
        """Those whose names or address have all of the words, or pieces of them."""
        others = Func(F("other_names"), Value(" "), function="array_to_string", output_field=_TEXT)
        rows = self.alias(said=_folded(F("name"), F("address"), others))
        for word in words.lower().replace("ё", "е").split():
            rows = rows.filter(said__contains=word)
        return rows

    def without_pin(self) -> Self:
        return self.filter(Q(lat=None) | Q(lng=None))

    def with_coming(self) -> Self:
        """With `coming`: how many dates are still to be there."""
        dates = apps.get_model("events", "Occurrence").objects.alive().order_by()
        # The bound on the beginning is where the index of a venue's dates starts to be read.
        coming = dates.filter(venue=OuterRef("pk"), starts_at__gt=Now() - LONGEST, ends_at__gt=Now())
        count = coming.values("venue").annotate(n=Count("pk")).values("n")
        return self.annotate(coming=Coalesce(Subquery(count), 0))

    def like(self, venue: Venue) -> Self:
        """Which of its branch may be the same place: called alike, or next door."""
        likeness = TrigramSimilarity(Lower("name"), venue.name.lower())
        near = Q(pk=None) if venue.lat is None or venue.lng is None else next_to(venue.lat, venue.lng)
        rows = self.in_branch(venue.branch_id).exclude(pk=venue.pk).annotate(likeness=likeness)
        return rows.filter(Q(likeness__gte=ALIKE) | near).order_by("-likeness", "pk")[:TWINS]
