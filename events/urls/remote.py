"""Calendars of other programs: a community's, and the coordinator's look at all of them."""

from django.urls import URLPattern, path

from events.views import remote, remote_health

_SOURCE = "cabinet/calendars/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("cabinet/communities/<slug:slug>/calendars/", remote.remote_list, name="remote-list"),
    path("cabinet/communities/<slug:slug>/calendars/new/", remote.remote_add, name="remote-add"),
    path(_SOURCE, remote.remote_detail, name="remote-detail"),
    path(f"{_SOURCE}preview/", remote.remote_preview, name="remote-preview"),
    path(f"{_SOURCE}read/", remote.remote_read, name="remote-read"),
    path(f"{_SOURCE}confirm/", remote.remote_confirm, name="remote-confirm"),
    path(f"{_SOURCE}pause/", remote.remote_pause, name="remote-pause"),
    path(f"{_SOURCE}remove/", remote.remote_remove, name="remote-remove"),
    path("cabinet/events/<int:pk>/hide/", remote.event_hide, name="event-hide"),
    path("queue/calendars/", remote_health.remote_health, name="remote-health"),
    path("queue/calendars/<int:pk>/approve/", remote_health.remote_approve, name="remote-approve"),
]
