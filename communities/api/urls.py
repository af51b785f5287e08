"""Addresses of the registry: `noun-verb`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
