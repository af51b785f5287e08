"""What the API says of events: the shape for the schema and the plain dictionaries that fill it.

That both say the same is proven by tests/events/api/test_events.py.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers as s

from communities import choices as ch
from communities.views.cards import address as community_address
from communities.views.cards import picture
from events.templatetags.events import address


def _codes(choices: Any) -> s.ListField:
    return s.ListField(child=s.ChoiceField(choices.choices))


class OrganiserShape(s.Serializer):
    slug = s.SlugField()
    name = s.CharField()
    url = s.URLField()


class VenueShape(s.Serializer):
    name = s.CharField(allow_blank=True)
    address = s.CharField(allow_blank=True)
    district = s.SlugField(allow_null=True)
    lat = s.FloatField(allow_null=True)
    lng = s.FloatField(allow_null=True)
    accessible = s.BooleanField()


class OccurrenceShape(s.Serializer):
    event = s.SlugField(help_text=_("Код события"))
    url = s.URLField(help_text=_("Страница на портале"))
    api_url = s.URLField(help_text=_("Событие целиком"))
    title = s.CharField()
    starts_at = s.DateTimeField(help_text=_("По часам места, где проходит"))
    ends_at = s.DateTimeField()
    all_day = s.BooleanField()
    cancelled = s.BooleanField()
    place = s.CharField(allow_blank=True)
    lat = s.FloatField(allow_null=True)
    lng = s.FloatField(allow_null=True)
    topics = _codes(ch.Topic)
    ages = _codes(ch.Age)
    state = s.BooleanField()
    free = s.BooleanField(allow_null=True, help_text=_("Бесплатно ли; пусто — не сказано"))
    online = s.BooleanField()
    registration = s.BooleanField(help_text=_("Нужно записаться"))
    capacity = s.IntegerField(allow_null=True, help_text=_("Сколько мест; пусто — без ограничения"))
    seats_left = s.IntegerField(allow_null=True, help_text=_("Сколько из них свободно"))


class EventShape(s.Serializer):
    slug = s.SlugField()
    uid = s.CharField()
    url = s.URLField(help_text=_("Страница на портале"))
    api_url = s.URLField(help_text=_("Событие целиком"))
    ics_url = s.URLField(help_text=_("Файл для календаря"))
    title = s.CharField()
    short = s.CharField(allow_blank=True)
    description = s.CharField(allow_blank=True)
    topics = _codes(ch.Topic)
    ages = _codes(ch.Age)
    organisers = OrganiserShape(many=True)
    venue = VenueShape(allow_null=True)
    place = s.CharField(allow_blank=True)
    online_url = s.URLField(allow_null=True)
    cover = s.URLField(allow_null=True)
    state = s.BooleanField(help_text=_("Государственное"))
    free = s.BooleanField(allow_null=True, help_text=_("Бесплатно ли; пусто — не сказано"))
    price = s.CharField(allow_blank=True)
    goal = s.CharField(allow_blank=True)
    starts_at = s.DateTimeField(help_text=_("Начало первого раза"))
    ends_at = s.DateTimeField()
    timezone = s.CharField()
    all_day = s.BooleanField()
    rrule = s.CharField(allow_blank=True, help_text=_("Как повторяется, по RFC 5545"))
    cancelled = s.BooleanField()
    changed_at = s.DateTimeField()


@extend_schema_serializer(many=False)
class EventPage(s.Serializer):
    next = s.URLField(allow_null=True, help_text=_("Следующая страница; пусто — это последняя"))
    results = EventShape(many=True)


@extend_schema_serializer(many=False)
class OccurrencePage(s.Serializer):
    next = s.URLField(allow_null=True, help_text=_("Следующая страница; пусто — это последняя"))
    results = OccurrenceShape(many=True)


def event(row: dict[str, Any], site: str) -> dict[str, Any]:
    """A row of `Event.objects.whole()` as EventShape; `site` is «https://host»."""
    zone, slug = ZoneInfo(row["timezone"]), row["slug"]
    cover = picture(row["cover__file"]) if row["cover__is_public"] else ""
    plain = (
        "slug", "uid", "title", "short", "description", "topics", "ages", "place", "price", "goal", "timezone",
        "all_day", "rrule", "changed_at",
    )  # fmt: skip
    return {
        **{name: row[name] for name in plain},
        "url": site + address(slug),
        "api_url": site + address(slug, "api-event-detail"),
        "ics_url": site + address(slug, "event-ics"),
        "organisers": [
            {"slug": one["slug"], "name": one["name"], "url": site + community_address(one["slug"])}
            for one in row["held_by"]
        ],
        "venue": {
            "name": row["venue__name"],
            "address": row["venue__address"],
            "district": row["venue__district__slug"],
            "lat": row["venue__lat"],
            "lng": row["venue__lng"],
            "accessible": row["venue__accessible"],
        }
        if row["venue__name"] is not None
        else None,
        "online_url": row["online_url"] or None,
        "cover": site + cover if cover else None,
        "state": row["is_state"],
        "free": row["is_free"],
        "starts_at": row["starts_at"].astimezone(zone),
        "ends_at": row["ends_at"].astimezone(zone),
        "cancelled": row["cancelled_at"] is not None,
    }


#: Columns that an answer about times is made of.
TIMES = (
    "pk", "slug", "title", "starts_at", "ends_at", "all_day", "cancelled_at", "place", "lat", "lng", "topics",
    "ages", "is_state", "is_free", "is_online", "timezone", "takes_registrations",
    "capacity", "going", "walked_in",
)  # fmt: skip


def occurrence(row: dict[str, Any], site: str) -> dict[str, Any]:
    """A row of TIMES as OccurrenceShape."""
    zone = ZoneInfo(row["timezone"])
    capacity = row["capacity"] if row["takes_registrations"] else None
    return {
        "registration": row["takes_registrations"],
        "capacity": capacity,
        "seats_left": None if capacity is None else max(0, capacity - row["going"] - row["walked_in"]),
        "event": row["slug"],
        "url": site + address(row["slug"]),
        "api_url": site + address(row["slug"], "api-event-detail"),
        "starts_at": row["starts_at"].astimezone(zone),
        "ends_at": row["ends_at"].astimezone(zone),
        "cancelled": row["cancelled_at"] is not None,
        "state": row["is_state"],
        "free": row["is_free"],
        "online": row["is_online"],
        **{name: row[name] for name in ("title", "all_day", "place", "lat", "lng", "topics", "ages")},
    }
