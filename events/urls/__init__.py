"""Addresses of the calendar, one file a side; names are `noun-verb`."""

from events.urls import public

urlpatterns = [*public.urlpatterns]
