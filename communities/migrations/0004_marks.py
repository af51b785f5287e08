"""Options of records as bits, and indexes from which the catalogue counts without reading records."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

from communities.marks import SIZE, marks

BATCH = 1000
ARRAYS = {"directions": "direction", "topics": "topic", "ages": "age", "days": "days", "languages": "language"}
FLAGS = {"looking_for_people": "looking", "accessible": "accessible"}


def fill(apps, schema_editor):
    """The marks of what is there already, a batch a transaction: nobody waits for long."""
    records = apps.get_model("communities", "CensusRecord").objects.order_by("pk")
    columns = ("pk", "format", *ARRAYS, *FLAGS)
    last = 0
    while batch := list(records.filter(pk__gt=last).only(*columns)[:BATCH]):
        for record in batch:
            options = [("format", record.format)]
            options += [(group, value) for name, group in ARRAYS.items() for value in getattr(record, name)]
            options += [(group, "true") for name, group in FLAGS.items() if getattr(record, name)]
            record.marks = marks(options)
        records.bulk_update(batch, ["marks"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("communities", "0003_reminder_indexes")]
    operations = [
        migrations.AddField(
            "censusrecord",
            "marks",
            models.BinaryField(db_default=bytes(SIZE), default=bytes(SIZE), editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "censusrecord",
            models.Index(
                condition=Q(state__in=["approved", "imported"]),
                fields=["branch_key"],
                include=["id", "district", "state", "marks", "lat", "lng"],
                name="censusrecord_counted",
            ),
        ),
        AddIndexConcurrently(
            "community",
            models.Index(
                condition=Q(listing="listed"),
                fields=["branch", "-listed_at", "-id"],
                include=["current"],
                name="community_shown",
            ),
        ),
        RemoveIndexConcurrently("community", "community_catalogue"),
    ]
