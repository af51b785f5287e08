"""Dates that no rule says: apart, so that the table of events is locked for no longer than that."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0006_feed_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='rdates',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, db_default=[], default=list, editable=False, size=None),
        ),
    ]
