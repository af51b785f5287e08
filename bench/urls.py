"""The portal's addresses and the floors: what this server could do at best."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

#: The twenty newest communities as JSON made by the database alone.
COMMUNITIES = """
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
#: The twenty events announced last.
EVENTS = """
SELECT json_build_object('results', coalesce(json_agg(page), '[]'))::text FROM (
  SELECT e.slug, e.uid, e.title, e.short, e.description, e.topics, e.ages, e.place, e.online_url, e.is_free, e.price,
         e.is_state, e.goal, e.starts_at, e.ends_at, e.timezone, e.all_day, e.rrule, e.exdates, e.cancelled_at,
         v.name, v.address, v.lat, v.lng, d.slug AS district,
         ARRAY(SELECT r.name FROM events_organiser o JOIN communities_community c ON c.id = o.community_id
               JOIN communities_censusrecord r ON r.id = c.current_id WHERE o.event_id = e.id AND o.state = 'accepted') h
  FROM events_event e LEFT JOIN events_venue v ON v.id = e.venue_id LEFT JOIN hub_district d ON d.id = v.district_id
  WHERE e.branch_id = %s AND e.state = 'approved'
  ORDER BY e.decided_at DESC, e.id DESC LIMIT 20
) page
"""
#: The first twenty dates of a month.
OCCURRENCES = """
SELECT json_build_object('results', coalesce(json_agg(page), '[]'))::text FROM (
  SELECT o.id, o.slug, o.title, o.place, o.starts_at, o.ends_at, o.all_day, o.topics, o.ages, o.is_state, o.is_free,
         o.is_online, o.cancelled_at, o.lat, o.lng, e.timezone
  FROM events_occurrence o JOIN events_event e ON e.id = o.event_id
  WHERE o.branch_id = %s AND o.is_listed AND o.day BETWEEN '2027-01-01' AND '2027-01-31'
  ORDER BY o.day, o.starts_at, o.id LIMIT 20
) page
"""
#: What the feed tells, with what it is told of.
CALENDAR = """
SELECT e.uid, e.title, e.short, e.description, e.place, e.sequence, e.slug, e.topics, e.rrule, v.name, v.address,
       to_char(e.starts_at AT TIME ZONE e.timezone, 'YYYYMMDD"T"HH24MISS'),
       to_char(e.ends_at AT TIME ZONE e.timezone, 'YYYYMMDD"T"HH24MISS'),
       to_char(e.changed_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"'), v.lat, v.lng,
       ARRAY(SELECT r.name FROM events_organiser o JOIN communities_community c ON c.id = o.community_id
             JOIN communities_censusrecord r ON r.id = c.current_id WHERE o.event_id = e.id AND o.state = 'accepted')
FROM events_event e LEFT JOIN events_venue v ON v.id = e.venue_id
WHERE e.branch_id = %s AND e.state = 'approved' AND EXISTS (
  SELECT 1 FROM events_occurrence o WHERE o.event_id = e.id AND o.is_listed AND o.day >= current_date - 90
)
ORDER BY e.id
"""
_constants: dict[int, bytes] = {}


def constant(request: HttpRequest, size: int) -> HttpResponse:
    """F0: a bare view returning a constant."""
    return HttpResponse(_constants.setdefault(size, b"x" * size))


def answer(request: HttpRequest, statement: str) -> HttpResponse:
    """FJ: the same JSON straight from one SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [request.branch.pk])  # type: ignore[attr-defined]
        return HttpResponse(cursor.fetchone()[0], content_type="application/json")


def calendar(request: HttpRequest) -> HttpResponse:
    """The feed of the city written by a bare loop: nothing escaped, nothing folded, all of it in memory."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//", "METHOD:PUBLISH"]
    with connection.cursor() as cursor:
        cursor.execute(CALENDAR, [request.branch.pk])  # type: ignore[attr-defined]
        for row in cursor.fetchall():
            (
                uid,
                title,
                short,
                body,
                place,
                sequence,
                slug,
                topics,
                rule,
                venue,
                street,
                starts,
                ends,
                at,
                lat,
                lng,
                held,
            ) = row
            lines += [
                "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{at}", f"LAST-MODIFIED:{at}", f"CREATED:{at}",
                f"SEQUENCE:{sequence}",
                f"SUMMARY:{title}", f"URL:https://bench.example/calendar/{slug}/",
                f"DESCRIPTION:{short}\\n\\n{body}\\n\\nПроводит: {', '.join(held)}", f"LOCATION:{venue}, {place}, {street}",
                f"GEO:{lat};{lng}", f"CATEGORIES:{','.join(topics)}", f"DTSTART;TZID=Europe/Moscow:{starts}",
                f"DTEND;TZID=Europe/Moscow:{ends}", "STATUS:CONFIRMED",
            ]  # fmt: skip
            if rule:
                lines.append(f"RRULE:{rule}")
            lines.append("END:VEVENT")
    return HttpResponse(
        "\r\n".join([*lines, "END:VCALENDAR", ""]), content_type="text/calendar; charset=utf-8"
    )


urlpatterns = [
    path("bench/constant/<int:size>/", constant),
    path("bench/communities/", answer, {"statement": COMMUNITIES}),
    path("bench/events/", answer, {"statement": EVENTS}),
    path("bench/occurrences/", answer, {"statement": OCCURRENCES}),
    path("bench/calendar/", calendar),
    path("", include("hub.urls")),
]
