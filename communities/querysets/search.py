"""Reads of the catalogue: filters with their counts, full-text search, cards, points of the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import (
    Aggregate,
    Avg,
    BinaryField,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Concat, Floor, JSONObject

from hub.choices import State

if TYPE_CHECKING:
    from datetime import datetime

    from communities.marks import Chosen
    from communities.models import Community
    from hub.models import Branch

#: So many matches are ranked and paged through; who finds more is asked to say more.
RANKED = 1000
#: Weights of D (the branch itself), C (description), B (short text, topics, district), A (name).
_WEIGHTS = [0.0, 0.2, 0.5, 1.0]

_ARRAYS = {
    "direction": "directions",
    "topic": "topics",
    "age": "ages",
    "days": "days",
    "language": "languages",
}
_COLUMNS = {group: f"current__{column}" for group, column in _ARRAYS.items()} | {
    "format": "current__format",
    "district": "current__district__slug",
}
_OPEN = (
    *("name", "short", "directions", "topics", "lat", "lng", "ages", "format", "rhythm", "days", "schedule"),
    *("languages", "participants", "looking_for_people", "accessible", "submitted_at"),
    *("district__slug", "district__name", "city__name", "logo__file", "logo__is_public"),
)
_WHOLE = (
    *("name", "short", "description", "directions", "languages", "founded", "core_members", "participants"),
    *(
        "ages",
        "joining",
        "looking_for_people",
        "format",
        "rhythm",
        "schedule",
        "no_place",
        "place",
        "lat",
        "lng",
    ),
    *(
        "accessible",
        "first_visit",
        "offers",
        "needs",
        "goals",
        "dream",
        "vk",
        "telegram",
        "site",
        "other_link",
    ),
    *(
        "state",
        "submitted_at",
        "district__slug",
        "district__name",
        "city__name",
        "logo__file",
        "logo__is_public",
    ),
)
_FLAGS = {
    "looking": Q(current__looking_for_people=True),
    "accessible": Q(current__accessible=True),
    "confirmed": Q(current__state=State.APPROVED),
}
#: The record as the index of the search knows it.
_PUBLIC = [State.APPROVED, State.IMPORTED]


def condition(group: str, values: Sequence[str]) -> Q:
    """Communities that have any of `values` of `group`."""
    if group in _ARRAYS:
        return Q(**{f"{_COLUMNS[group]}__overlap": list(values)})
    if group in _FLAGS:
        return _FLAGS[group] if values[0] == "true" else ~_FLAGS[group]
    return Q(**{f"{_COLUMNS[group]}__in": list(values)})


def branch_word(branch: Branch) -> str:
    """The word that every record of `branch` has in the index."""
    return f"branch{branch.pk}"


def may_go_on(words: Sequence[str]) -> bool:
    """Whether the last word may be unfinished; of a lone letter nobody can say."""
    return len(words) > 1 or len(words[-1]) > 1


def words_query(
    words: Sequence[str], branch: Branch | str | None, *, in_name: bool = False, unfinished: bool = True
) -> SearchQuery:
    """All of `words` (folded, at least one) in records of `branch` (or of its word); `in_name`: in names alone.

    A finished word is found in any of its forms; the last one may be unfinished and is also found by its
    literal beginning (not if nothing is `unfinished`). Without a branch: what records found are ranked by.
    """
    known_by = branch if isinstance(branch, str) or branch is None else branch_word(branch)
    query = SearchQuery(known_by, config="simple", search_type="raw") if known_by else None
    weight = "A" if in_name else ""
    for at, word in enumerate(words, start=1):
        forms: Any = SearchQuery(f"{word}:{weight}" if weight else word, config="russian", search_type="raw")
        if unfinished and at == len(words) and may_go_on(words):
            beginning = Concat(Value(word), Value(f":*{weight}"), output_field=TextField())
            forms |= SearchQuery(beginning, config="simple", search_type="raw")
        query = query & forms if query else forms
    return query


#: A part of the map: west, south, east, north.
Box = tuple[float, float, float, float]


class Cell(NamedTuple):
    """A cell of the map's grid: how many stand there, the middle of them, who they are."""

    n: int
    lat: float
    lng: float
    members: list[int]


class Joined(Aggregate):
    """The bytes of a column of many rows, one after another, in no particular order."""

    template = "string_agg(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


class CatalogueQuerySet(QuerySet):
    """What everybody may ask of listed communities."""

    def at_address(self, slug: str) -> Community | None:
        """The community that has the address `slug` now, or else had it once."""
        return self.filter(slug=slug).first() or self.filter(former_slugs__slug=slug).first()

    def chosen(self, chosen: Chosen, *, but: str = "") -> Self:
        """Those that meet every chosen group (except `but`)."""
        wanted = Q()
        for group, values in chosen.items():
            if values and group != but:
                wanted &= condition(group, values)
        return self.filter(wanted)

    def found_by(self, query: SearchQuery | None) -> Self:
        """Those whose public record has the words of `query`."""
        if query is None:
            return self
        return self.filter(current__state__in=_PUBLIC, current__search=query)

    def best_first(self, words: Sequence[str], branch: Branch | str, total: int) -> Self:
        """Most fitting first; without words the newest first. Of `total` matches RANKED are ranked."""
        if not words:
            return self.order_by("-listed_at", "-pk")
        found = self.found_by(words_query(words, branch))
        if total > RANKED:
            found = self.model.objects.filter(pk__in=found.order_by().values("pk")[:RANKED])
        rank = SearchRank(F("current__search"), words_query(words, None), weights=_WEIGHTS)
        return found.order_by(rank.desc(), "-listed_at", "-pk")

    def told_by_index(self, branch: int) -> Self:
        """All of `branch`, asked for so that an index tells what is counted of them (words have their own)."""
        return self.filter(current__branch_key=branch, current__state__in=_PUBLIC)

    def marked(self) -> QuerySet[Any, dict[str, Any]]:
        """The marks of these communities by district and state: all that `Tally` counts."""
        return (
            self.order_by()
            .values("current__district", "current__state")
            .annotate(marks=Joined("current__marks"))
        )

    def cards(self) -> QuerySet[Any, dict[str, Any]]:
        """What a card shows, as plain dictionaries; the picture is the first photo."""
        photos = self.model._meta.get_field("current").related_model._meta.get_field("photos").related_model
        first = photos.objects.filter(record=OuterRef("current_id"), upload__is_public=True)
        return self.values(
            "pk",
            "slug",
            "listed_at",
            name=F("current__name"),
            short=F("current__short"),
            directions=F("current__directions"),
            district=F("current__district__name"),
            schedule=F("current__schedule"),
            participants=F("current__participants"),
            looking_for_people=F("current__looking_for_people"),
            confirmed_on=F("current__submitted_at"),
            state=F("current__state"),
            logo=F("current__logo__file"),
            logo_public=F("current__logo__is_public"),
            cover=Subquery(first.order_by("position", "id").values("upload__file")[:1]),
        )

    def after(self, mark: tuple[datetime, int] | None) -> Self:
        """Those that follow `mark` (listed at, key) when the newest come first."""
        if mark is None:
            return self
        moment, key = mark
        return self.filter(listed_at__lte=moment).exclude(listed_at=moment, pk__gte=key)

    def open_rows(self) -> QuerySet[Any, dict[str, Any]]:
        """What the open API tells of each: nothing personal is even read."""
        return self.values("pk", "slug", "listed_at", *(f"current__{column}" for column in _OPEN))

    def whole_page(self) -> QuerySet[Any, dict[str, Any]]:
        """All that a community's own page says, in one row: its record, pictures, people and contacts."""
        model = self.model
        record = model._meta.get_field("current").related_model
        photo = record._meta.get_field("photos").related_model
        steward = model._meta.get_field("stewardships").related_model
        contact = steward._meta.get_field("contacts").related_model
        return self.values(
            "pk",
            "slug",
            *(f"current__{column}" for column in _WHOLE),
            pictures=ArraySubquery(
                photo.objects.filter(record=OuterRef("current_id"), upload__is_public=True)
                .order_by("position", "id")
                .values("upload__file")
            ),
            people=ArraySubquery(
                steward.objects.filter(community=OuterRef("pk"), is_public=True)
                .order_by("pk")
                .values(one=JSONObject(pk="pk", role="role", name="user__name"))
            ),
            contacts=ArraySubquery(
                contact.objects.published()
                .filter(stewardship__community=OuterRef("pk"))
                .order_by("pk")
                .values(
                    one=JSONObject(
                        steward="stewardship_id", role="stewardship__role", kind="kind", value="value"
                    )
                )
            ),
        )

    def on_map(self, box: Box | None = None) -> Self:
        """Those that stand on the map, or in this part of it."""
        if box is None:
            return self.filter(current__lat__isnull=False, current__lng__isnull=False)
        west, south, east, north = box
        return self.filter(current__lat__range=(south, north), current__lng__range=(west, east))

    def cells(self, height: float, width: float) -> list[Cell]:
        """How many stand in each cell of a grid (in degrees), and where in the middle of them; one query."""

        def line(column: str, step: float) -> Func:
            return Floor(F(column) / Value(step, FloatField()), output_field=IntegerField())

        rows = (
            self.order_by()
            .values(row=line("current__lat", height), column=line("current__lng", width))
            .annotate(n=Count("pk"), lat=Avg("current__lat"), lng=Avg("current__lng"), members=ArrayAgg("pk"))
        )
        return [Cell(*row) for row in rows.values_list("n", "lat", "lng", "members")]

    def points(self) -> QuerySet[Any, tuple[Any, ...]]:
        """(slug, name, lat, lng, directions, schedule, place): what a point of the map says."""
        return self.values_list(
            "slug",
            "current__name",
            "current__lat",
            "current__lng",
            "current__directions",
            "current__schedule",
            "current__place",
        )
