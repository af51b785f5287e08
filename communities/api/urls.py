"""Addresses of the registry: `noun-verb`."""

from django.urls import URLPattern, path, re_path

from communities.api import communities, docs

urlpatterns: list[URLPattern] = [
    path("communities/", communities.CommunityListView.as_view(), name="api-community-list"),
    path("communities/<slug:slug>/", communities.CommunityDetailView.as_view(), name="api-community-detail"),
    path("schema/", docs.schema, name="api-schema"),
    path("docs/", docs.docs, name="api-docs"),
    re_path("", communities.NothingHere.as_view(), name="api-nothing"),
]
