"""Migrations that carry rows over: what they copy, and what they leave as it is."""

from importlib import import_module

import pytest
from django.db import connection

from events.models import Event, Occurrence
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


def test_every_date_gets_the_cover_of_its_event_and_the_district_of_who_holds_it():
    khosta = f.DistrictFactory(slug="khosta", name="Хоста")
    community, cover, private = (
        f.approved(district=khosta).community,
        f.UploadFactory(),
        f.UploadFactory(is_public=False),
    )
    f.published(community, title="В зале", cover=cover)
    f.published(community, title="Во дворе", venue=None, cover=private, rrule="FREQ=WEEKLY;COUNT=3")
    f.published(community, title="Нигде", venue=None)
    Event.objects.get(title="Нигде").organisers.update(state="invited")
    Occurrence.objects.update(cover="")
    Occurrence.objects.filter(venue=None).update(district=None)
    moved = import_module("events.migrations.0020_covers_and_districts_of_dates")
    with connection.schema_editor() as editor:
        moved.copy(None, editor)
    rows = Occurrence.objects.order_by("title").values_list("title", "cover", "district__name").distinct()
    assert list(rows) == [
        ("В зале", cover.file.name, "Адлерский"), ("Во дворе", "", "Хоста"), ("Нигде", "", None),
    ]  # fmt: skip
