"""Addresses of the kernel's own pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
