"""Addresses of events, one file a side; names are `noun-verb`."""

from events.urls import attendance, manage, public, registration, remote, state

urlpatterns = [
    *public.urlpatterns,
    *manage.urlpatterns,
    *registration.urlpatterns,
    *attendance.urlpatterns,
    *remote.urlpatterns,
    *state.urlpatterns,
]
