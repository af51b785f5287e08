"""What everybody sees."""

from django.urls import URLPattern, path

from events.views import calendar, calendar_map, embed, event, feeds, personal, search, site

urlpatterns: list[URLPattern] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar.ics", feeds.calendar_feed, name="calendar-ics"),
    path("calendar.rss", feeds.calendar_rss, name="calendar-rss"),
    path("calendar.geojson", calendar_map.calendar_map, name="calendar-map"),
    path("calendar/search/", search.calendar_search, name="calendar-search"),
    path("calendar/embed/", embed.calendar_embed, name="calendar-embed"),
    path("calendar/embed/code/", embed.embed_code, name="calendar-embed-code"),
    path("calendar/embed.js", embed.embed_script, name="calendar-embed-js"),
    path("calendar/sitemap.xml", site.calendar_sitemap, name="calendar-sitemap"),
    path("calendar/my/<slug:token>.ics", personal.personal_feed, name="personal-ics"),
    path("calendar/<slug:slug>.ics", feeds.event_feed, name="event-ics"),
    path("calendar/<slug:slug>/", event.event_detail, name="event-detail"),
    path("calendar/<slug:slug>/dates/", event.event_dates, name="event-dates"),
]
