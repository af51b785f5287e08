"""Addresses of events, one file a side; names are `noun-verb`."""

from events.urls import manage, public

urlpatterns = [*public.urlpatterns, *manage.urlpatterns]
