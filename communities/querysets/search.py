"""Reads of the catalogue: filters with their counts, full-text search, cards, points of the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db.models import (
    Aggregate,
    BooleanField,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject

from communities.keys import retyped, slips, words
from hub.choices import State

if TYPE_CHECKING:
    from datetime import datetime

    from communities.models import Community
    from hub.models import Branch

#: What a resident chose: group → values («looking» → ["true"]).
Chosen = Mapping[str, Sequence[str]]

#: So many matches are ranked and paged through; who finds more is asked to say more.
RANKED = 1000
#: So many points a map shows at once.
POINTS = 2000
#: So many unknown words of one question are mended.
MENDED = 2
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


def words_query(words: Sequence[str], branch: Branch | None, *, in_name: bool = False) -> SearchQuery:
    """All of `words` (folded, at least one) in records of `branch`; `in_name`: in their names alone.

    A finished word is found in any of its forms; the last one may be unfinished and is also found by its
    literal beginning. Without a branch: what records found are ranked by.
    """
    query = SearchQuery(f"branch{branch.pk}", config="simple", search_type="raw") if branch else None
    weight = "A" if in_name else ""
    for at, word in enumerate(words, start=1):
        forms: Any = SearchQuery(f"{word}:{weight}" if weight else word, config="russian", search_type="raw")
        if at == len(words) and (at > 1 or len(word) > 1):
            forms |= SearchQuery(f"{word}:*{weight}", config="simple", search_type="raw")
        query = query & forms if query else forms
    return query


class CountEach(Aggregate):
    """How many rows have each of `values` in `column` (an array or a scalar), under a condition: one array.

    An own Count for every one of some seventy options would say the same, but Django takes longer to
    write that query than Postgres to answer it.
    """

    allow_distinct = False
    output_field = ArrayField(IntegerField())

    def __init__(self, column: str, values: Iterable[str], under: Q, **extra: Any) -> None:
        # Q() alone is no expression; «the key is there» holds for every row.
        super().__init__(column, ExpressionWrapper(under or Q(pk__isnull=False), BooleanField()), **extra)
        self.values = list(values)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        column, under = self.get_source_expressions()[:2]
        column_sql, column_params = compiler.compile(column)
        under_sql, under_params = compiler.compile(under)
        test = (
            f"%s = ANY({column_sql})" if isinstance(column.output_field, ArrayField) else f"%s = {column_sql}"
        )
        one = f"COUNT(*) FILTER (WHERE {test} AND {under_sql})"
        params: list[Any] = []
        for value in self.values:
            params += [value, *column_params, *under_params]
        return f"ARRAY[{', '.join([one] * len(self.values))}]::integer[]", tuple(params)


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

    def best_first(self, words: Sequence[str], branch: Branch, total: int) -> Self:
        """Most fitting first; without words the newest first. Of `total` matches RANKED are ranked."""
        if not words:
            return self.order_by("-listed_at", "-pk")
        found = self.found_by(words_query(words, branch))
        if total > RANKED:
            found = self.model.objects.filter(pk__in=found.order_by().values("pk")[:RANKED])
        rank = SearchRank(F("current__search"), words_query(words, None), weights=_WEIGHTS)
        return found.order_by(rank.desc(), "-listed_at", "-pk")

    def facets(self, chosen: Chosen, options: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """One query: {"all": n, "total": n, group: {value: n}}; "all" is before anything was chosen.

        Each group is counted under the other groups: the number beside an option says what one would
        see by choosing it as well.
        """

        def under(group: str) -> Q:
            wanted = Q()
            for other, values in chosen.items():
                if values and other != group:
                    wanted &= condition(other, values)
            return wanted

        counts: dict[str, Aggregate] = {
            "n_all": Count("pk"),
            "n_total": Count("pk", filter=under("") or None),
        }
        for group, values in options.items():
            if group in _FLAGS:
                counts[group] = Count("pk", filter=_FLAGS[group] & under(group))
            elif values:
                counts[group] = CountEach(_COLUMNS[group], values, under(group))
        numbers = self.order_by().aggregate(**counts)
        facets: dict[str, Any] = {"all": numbers["n_all"], "total": numbers["n_total"]}
        for group, values in options.items():
            found = numbers.get(group, [])
            facets[group] = dict(zip(values, [found] if group in _FLAGS else found, strict=True))
        return facets

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

    def points(self) -> QuerySet[Any, tuple[Any, ...]]:
        """(slug, name, lat, lng, directions, schedule, place) of at most POINTS that stand on the map."""
        return self.filter(current__lat__isnull=False, current__lng__isnull=False).values_list(
            "slug",
            "current__name",
            "current__lat",
            "current__lng",
            "current__directions",
            "current__schedule",
            "current__place",
        )[:POINTS]

    def by_direction_and_district(self) -> QuerySet[Any, tuple[str, int | None, int]]:
        """(direction, district id, number): a community of two directions is counted in both."""
        every = F("current__directions")
        return (
            self.order_by()
            .annotate(direction=Func(every, function="unnest", output_field=CharField(), set_returning=True))
            .values("direction", "current__district")
            .annotate(n=Count("pk"))
            .values_list("direction", "current__district", "n")
        )


class SearchWordQuerySet(QuerySet):
    """The vocabulary of a branch."""

    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def beginning_with(self, start: str) -> Self:
        return self.filter(word__startswith=start).order_by("-communities", "word")

    def meant(self, text: str, asked: Sequence[str]) -> list[str]:
        """`asked` (the words of `text`) with what the vocabulary does not know mended, at most MENDED words."""
        if text.isascii():  # typed in the other layout of the keyboard
            other = words(retyped(text), most=len(asked) or 1)
            if other and any(self.beginning_with(word).exists() for word in other):
                return other
        left, meant = MENDED, []
        for word in asked:
            if len(word) > 2 and left and not self.beginning_with(word).exists():
                left -= 1
                meant.append(self.mended(word) or word)
            else:
                meant.append(word)
        return meant

    def mended(self, word: str) -> str:
        """The word of the vocabulary that `word` was meant to be; "" when there is none.

        One slip first: its few hundred neighbours are looked up by their exact spelling. Then words
        that share enough triples of letters.
        """
        near = self.filter(word__in=slips(word)).order_by("-communities", "word")
        like = self.filter(word__trigram_similar=word).annotate(closeness=TrigramSimilarity("word", word))
        for rows in (near, like.order_by("-closeness", "-communities", "word")):
            found = rows.values_list("word", flat=True).first()
            if found:
                return found
        return ""
