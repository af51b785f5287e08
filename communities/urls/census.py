"""The leader's side: cabinet, questionnaire, people of a community."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
