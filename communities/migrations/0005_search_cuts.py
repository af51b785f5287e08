"""Words of the vocabulary by what is left of them without one letter: slips are found through an index."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from communities.keys import cuts

BATCH = 2000


def fill(apps, schema_editor):
    words = apps.get_model("communities", "SearchWord").objects.order_by("pk")
    last = 0
    while batch := list(words.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            row.cuts = [f"{row.branch_id}:{cut}" for cut in cuts(row.word)]
        words.bulk_update(batch, ["cuts"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("communities", "0004_marks")]
    operations = [
        migrations.AddField(
            "searchword",
            "cuts",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), db_default=[], default=list, editable=False, size=None
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "searchword",
            django.contrib.postgres.indexes.GinIndex(fields=["cuts"], name="search_word_slips"),
        ),
    ]
