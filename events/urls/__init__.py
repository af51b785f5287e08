"""Addresses of events, one file a side; names are `noun-verb`."""

from events.urls import manage, public, remote

urlpatterns = [*public.urlpatterns, *manage.urlpatterns, *remote.urlpatterns]
