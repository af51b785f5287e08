"""The organisers' side: who comes, who is here."""

from django.urls import URLPattern, path

from events.views import attendance

_HERE = "cabinet/events/<int:pk>/registrations/"

urlpatterns: list[URLPattern] = [
    path(_HERE, attendance.event_registrations, name="event-registrations"),
    path(f"{_HERE}<int:date>.csv", attendance.event_registrations_csv, name="event-registrations-csv"),
    path(f"{_HERE}<int:date>/walk-ins/", attendance.walk_in_add, name="walk-in-add"),
    path(f"{_HERE}walk-ins/<int:guest>/remove/", attendance.walk_in_remove, name="walk-in-remove"),
    path(f"{_HERE}<int:registration>/check/", attendance.registration_check, name="registration-check"),
]
