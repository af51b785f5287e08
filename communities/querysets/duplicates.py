"""Suspected duplicates: who in a branch is called alike, has the same link or phone, or sits next door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from communities.choices import ContactKind, Listing
from communities.keys import link_key, name_key, phone_key
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import CensusRecord, Community

#: Names at least this alike (0–1, share of common triples of letters) are suspected.
ALIKE = 0.45
#: Closer than this, in metres, is the same place.
NEAR = 100
_METRES_PER_DEGREE = 111_320
#: So many are looked at, and so many shown: more than a handful is no help to a person.
MOST, SHOWN = 60, 5
_SEEN = [State.SUBMITTED, State.RETURNED, State.APPROVED, State.IMPORTED]
_LINKS = ("vk", "telegram", "site", "other_link")


@dataclass(frozen=True)
class Traits:
    """By what a community may be known again."""

    name_key: str = ""
    link_keys: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    lat: float | None = None
    lng: float | None = None
    community_id: int | None = None


@dataclass(frozen=True)
class Likeness:
    """A community and, in words, why it may be the same one as another."""

    community: Community
    record: CensusRecord
    reasons: tuple[str, ...]
    weight: float


def metres(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Distance over the ground."""
    a = sin(radians(other_lat - lat) / 2) ** 2
    b = cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lng - lng) / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(min(1.0, a + b)))


def next_to(lat: float, lng: float) -> Q:
    """Rows whose pin is not farther than NEAR from here to the north, south, west or east."""
    high = NEAR / _METRES_PER_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    return Q(lat__isnull=False, lat__range=(lat - high, lat + high), lng__range=(lng - wide, lng + wide))


def resembling(communities: QuerySet, what: CensusRecord | Mapping[str, Any]) -> list[Likeness]:
    """Those of `communities` that may be the same as `what`, the likeliest first.

    `what` is a record, or answers that are no record yet (name, vk, telegram, site, other_link, phone,
    lat, lng). Left out: itself, what is merged, and pairs that a person has called different.
    """
    traits = _of_values(what) if isinstance(what, Mapping) else _of_record(what)
    best: dict[int, Likeness] = {}
    for record in _candidates(communities, traits):
        likeness = _compare(traits, record)
        if likeness and likeness.weight > getattr(best.get(record.community_id), "weight", 0):
            best[record.community_id] = likeness
    return sorted(best.values(), key=lambda likeness: (-likeness.weight, likeness.community.pk))[:SHOWN]


def _phones() -> QuerySet:
    return apps.get_model("communities", "Contact").objects.filter(kind=ContactKind.PHONE)


def _of_record(record: CensusRecord) -> Traits:
    own = _phones().filter(stewardship__community_id=record.community_id)
    return Traits(
        name_key=record.name_key,
        link_keys=frozenset(record.link_keys),
        phones=frozenset(own.values_list("value", flat=True)),
        lat=record.lat,
        lng=record.lng,
        community_id=record.community_id,
    )


def _of_values(values: Mapping[str, Any]) -> Traits:
    phone = phone_key(values.get("phone") or "")
    return Traits(
        name_key=name_key(values.get("name") or ""),
        link_keys=frozenset(key for name in _LINKS if (key := link_key(values.get(name) or ""))),
        phones=frozenset([phone] if phone else []),
        lat=values.get("lat"),
        lng=values.get("lng"),
    )


def worth_a_look(records: QuerySet, traits: Traits, same_phone: Collection[int]) -> QuerySet:
    """Records that share something with `traits`.

    Each of the conditions has an index of its own, so their OR reads a few pages of four indexes.
    """
    wanted = Q()
    if traits.name_key:
        # The operator reads the index at its own low threshold, the number then tells the alike.
        wanted |= Q(name_key__trigram_similar=traits.name_key, alike__gte=ALIKE)
    if traits.link_keys:
        wanted |= Q(link_keys__overlap=sorted(traits.link_keys))
    if traits.lat is not None and traits.lng is not None:
        wanted |= next_to(traits.lat, traits.lng)
    if same_phone:
        wanted |= Q(community_id__in=same_phone)
    records = records.annotate(alike=TrigramSimilarity("name_key", traits.name_key))
    return records.filter(wanted, state__in=_SEEN) if wanted else records.none()


def _candidates(communities: QuerySet, traits: Traits) -> QuerySet:
    same_phone = (
        set(
            _phones()
            .filter(value__in=traits.phones, stewardship__community__in=communities.order_by().values("pk"))
            .values_list("stewardship__community_id", flat=True)[:MOST]
        )
        if traits.phones
        else set()
    )
    records = communities.model._meta.get_field("records").related_model.objects
    found = (
        worth_a_look(records, traits, same_phone)
        .filter(community__in=communities.exclude(listing=Listing.MERGED).order_by().values("pk"))
        .select_related("community", "community__current")
        .defer("description", "goals", "dream", "search")
        .order_by("-alike", "pk")
    )
    found = found.annotate(same_phone=Q(community_id__in=same_phone)) if same_phone else found
    if traits.community_id:
        apart = apps.get_model("communities", "NotDuplicate").objects
        found = (
            found.exclude(community_id=traits.community_id)
            .exclude(community_id__in=apart.filter(first=traits.community_id).values("second"))
            .exclude(community_id__in=apart.filter(second=traits.community_id).values("first"))
        )
    return found[:MOST]


def _compare(traits: Traits, record: CensusRecord) -> Likeness | None:
    reasons, weight = [], 0.0
    alike: float = record.alike or 0  # type: ignore[attr-defined]
    if (
        traits.lat is not None
        and traits.lng is not None
        and record.lat is not None
        and record.lng is not None
    ):
        distance = metres(traits.lat, traits.lng, record.lat, record.lng)
        if distance <= NEAR:
            reasons.append(_("%(n)s м") % {"n": round(distance)} if distance >= 5 else _("то же место"))
            weight += 0.5
    if traits.name_key and traits.name_key == record.name_key:
        reasons.append(_("то же название"))
        weight += 1.5
    elif alike >= ALIKE:
        reasons.append(_("похожее название"))
        weight += alike
    if common := sorted(traits.link_keys & set(record.link_keys)):
        reasons.append(_("та же ссылка: %(link)s") % {"link": common[0]})
        weight += 1.5
    if getattr(record, "same_phone", False):
        reasons.append(_("тот же телефон"))
        weight += 1
    return Likeness(record.community, record, tuple(reasons), weight) if reasons else None
