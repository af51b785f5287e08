"""Addresses of the registry, one file a noun; names are `noun-verb`."""

from communities.urls import census, imports, public, review

urlpatterns = [*public.urlpatterns, *census.urlpatterns, *review.urlpatterns, *imports.urlpatterns]
