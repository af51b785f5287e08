"""What the API says of a community: the shape for the schema and the plain dictionaries that fill it.

Rows become dictionaries directly; a serializer would only slow down what it describes. That both say
the same is proven by tests/communities/api/test_communities.py.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers as s

from communities import choices as ch
from communities.models import Community
from communities.views.cards import address, picture
from communities.views.community import links
from hub.choices import State


class DistrictShape(s.Serializer):
    slug = s.SlugField()
    name = s.CharField()


class ResourceShape(s.Serializer):
    kind = s.ChoiceField(ch.ResourceKind.choices, allow_blank=True)
    text = s.CharField()


class LinkShape(s.Serializer):
    label = s.CharField()
    url = s.URLField()


def _codes(choices: Any) -> s.ListField:
    return s.ListField(child=s.ChoiceField(choices.choices))


class CommunityShape(s.Serializer):
    slug = s.SlugField()
    url = s.URLField(help_text=_("Страница на портале"))
    api_url = s.URLField(help_text=_("Сообщество целиком"))
    name = s.CharField()
    short = s.CharField(allow_blank=True)
    directions = _codes(ch.Direction)
    topics = _codes(ch.Topic)
    district = DistrictShape(allow_null=True)
    city = s.CharField(allow_null=True)
    lat = s.FloatField(allow_null=True)
    lng = s.FloatField(allow_null=True)
    ages = _codes(ch.Age)
    format = s.ChoiceField(ch.Format.choices, allow_blank=True)
    rhythm = s.ChoiceField(ch.Rhythm.choices, allow_blank=True)
    days = _codes(ch.Days)
    schedule = s.CharField(allow_blank=True)
    languages = _codes(ch.Language)
    participants = s.IntegerField(allow_null=True)
    looking_for_people = s.BooleanField()
    accessible = s.BooleanField()
    confirmed_on = s.DateField(
        allow_null=True, help_text=_("Когда лидер подтвердил; пусто — ещё не подтверждено")
    )
    listed_at = s.DateTimeField()
    logo = s.URLField(allow_null=True)


class CommunityWhole(CommunityShape):
    description = s.CharField(allow_blank=True)
    founded = s.IntegerField(allow_null=True)
    core_members = s.IntegerField(allow_null=True)
    joining = s.ChoiceField(ch.Joining.choices, allow_blank=True)
    place = s.CharField(allow_blank=True)
    first_visit = s.CharField(allow_blank=True)
    offers = ResourceShape(many=True)
    needs = ResourceShape(many=True)
    goals = s.CharField(allow_blank=True)
    dream = s.CharField(allow_blank=True)
    links = LinkShape(many=True)
    photos = s.ListField(child=s.URLField())


@extend_schema_serializer(many=False)
class CommunityPage(s.Serializer):
    next = s.URLField(allow_null=True, help_text=_("Следующая страница; пусто — это последняя"))
    results = CommunityShape(many=True)


class Fault(s.Serializer):
    detail = s.CharField(help_text=_("Что случилось"))


#: Columns of the record that are told as they are.
PLAIN = (
    *("name", "short", "directions", "topics", "lat", "lng", "ages", "format", "rhythm", "days", "schedule"),
    *("languages", "participants", "looking_for_people", "accessible"),
)


def in_list(row: dict[str, Any], site: str) -> dict[str, Any]:
    """A row of `Community.objects.open_rows()` as CommunityShape; `site` is «https://host»."""
    district = row["current__district__slug"]
    confirmed = row["current__submitted_at"]
    logo = picture(row["current__logo__file"]) if row["current__logo__is_public"] else ""
    slug = row["slug"]
    return {
        "slug": slug,
        "url": site + address(slug),
        "api_url": site + address(slug, "api-community-detail"),
        "district": {"slug": district, "name": row["current__district__name"]} if district else None,
        "city": row["current__city__name"],
        "confirmed_on": timezone.localdate(confirmed) if confirmed else None,
        "listed_at": row["listed_at"],
        "logo": site + logo if logo else None,
        **{column: row[f"current__{column}"] for column in PLAIN},
    }


def whole(community: Community, site: str) -> dict[str, Any]:
    """A listed community as CommunityWhole."""
    record = community.current
    confirmed = record.state == State.APPROVED and record.submitted_at
    has_logo = record.logo and record.logo.is_public
    photos = [photo.upload for photo in record.photos.select_related("upload") if photo.upload.is_public]
    kinds = set(ch.ResourceKind.values)

    def resources(rows: Any) -> list[dict[str, str]]:
        return [
            {"kind": row.get("kind") if row.get("kind") in kinds else "", "text": row["text"]}
            for row in rows
            if isinstance(row, dict) and row.get("text")
        ]

    return {
        "slug": community.slug,
        "url": site + community.get_absolute_url(),
        "api_url": site + address(community.slug, "api-community-detail"),
        "district": {"slug": record.district.slug, "name": record.district.name} if record.district else None,
        "city": record.city.name if record.city else None,
        "confirmed_on": timezone.localdate(confirmed) if confirmed else None,
        "listed_at": community.listed_at,
        "logo": site + picture(record.logo.file.name) if has_logo else None,
        **{column: getattr(record, column) for column in PLAIN},
        "description": record.description,
        "founded": record.founded,
        "core_members": record.core_members,
        "joining": record.joining,
        "place": record.place,
        "first_visit": record.first_visit,
        "offers": resources(record.offers),
        "needs": resources(record.needs),
        "goals": record.goals,
        "dream": record.dream,
        "links": [{"label": link["label"], "url": link["url"]} for link in links(vars(record))],
        "photos": [site + picture(upload.file.name) for upload in photos],
    }
