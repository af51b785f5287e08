"""What everybody sees."""

from django.urls import URLPattern, path

from events.views import calendar, event

urlpatterns: list[URLPattern] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<slug:slug>/", event.event_detail, name="event-detail"),
]
