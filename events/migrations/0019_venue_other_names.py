"""What a venue is called besides its name: found by them, its twins do not come back."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0018_event_edits")]

    operations = [
        migrations.AddField(
            model_name="venue",
            name="other_names",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="другие названия",
            ),
        ),
    ]
