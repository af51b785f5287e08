"""Migrations that carry rows over: what they copy, and what they leave as it is."""

from importlib import import_module

import pytest
from django.db import connection

from events.models import Occurrence
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_every_date_gets_the_clock_of_its_event():
    f.published(title="В Сочи", rrule="FREQ=WEEKLY;COUNT=3")
    f.published(title="В Берлине", timezone="Europe/Berlin", rrule="FREQ=WEEKLY;COUNT=3")
    Occurrence.objects.update(timezone="Europe/Moscow")  # what the new column begins with
    with connection.cursor() as cursor:
        cursor.execute(import_module("events.migrations.0016_time_zone_of_dates").COPY)
        assert cursor.rowcount == 3  # those that are right are not written
    zones = Occurrence.objects.order_by("title").values_list("title", "timezone").distinct()
    assert list(zones) == [("В Берлине", "Europe/Berlin"), ("В Сочи", "Europe/Moscow")]
