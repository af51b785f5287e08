"""The portal's addresses and the floors: what this server could do at best."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

#: The twenty newest communities as JSON made by the database alone.
TWENTY = """
SELECT json_build_object('results', coalesce(json_agg(page), '[]'))::text FROM (
  SELECT c.slug, r.name, r.short, r.description, r.directions, r.topics, r.ages, r.format, r.rhythm, r.schedule,
         r.place, r.lat, r.lng, r.participants, r.founded, r.offers, r.needs, r.vk, r.telegram, r.site,
         d.slug AS district, c.listed_at
  FROM communities_community c
  JOIN communities_censusrecord r ON r.id = c.current_id
  LEFT JOIN hub_district d ON d.id = r.district_id
  WHERE c.branch_id = %s AND c.listing = 'listed'
  ORDER BY c.listed_at DESC, c.id DESC LIMIT 20
) page
"""
_constants: dict[int, bytes] = {}


def constant(request: HttpRequest, size: int) -> HttpResponse:
    """F0: a bare view returning a constant."""
    return HttpResponse(_constants.setdefault(size, b"x" * size))


def twenty(request: HttpRequest) -> HttpResponse:
    """FJ: the same JSON straight from one SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(TWENTY, [request.branch.pk])  # type: ignore[attr-defined]
        return HttpResponse(cursor.fetchone()[0], content_type="application/json")


urlpatterns = [
    path("bench/constant/<int:size>/", constant),
    path("bench/twenty/", twenty),
    path("", include("hub.urls")),
]
