"""Addresses of the calendar's open data: `noun-verb`."""

from django.urls import URLPattern, path

from events.api import events

urlpatterns: list[URLPattern] = [
    path("events/", events.EventListView.as_view(), name="api-event-list"),
    path("events/<slug:slug>/", events.EventDetailView.as_view(), name="api-event-detail"),
    path("occurrences/", events.OccurrenceListView.as_view(), name="api-occurrence-list"),
]
