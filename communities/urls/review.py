"""The coordinator's side: queue, registry, rounds, merges."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
