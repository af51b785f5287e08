from django.db import migrations, models

# What came from calendars of other programs was called free where they did not say.
UNSAID = """
UPDATE events_event e SET is_free = NULL FROM events_importedevent i, events_remotecalendar c
WHERE i.event_id = e.id AND c.id = i.source_id AND c.url <> '' AND e.is_free;
UPDATE events_occurrence o SET is_free = NULL FROM events_event e
WHERE e.id = o.event_id AND e.is_free IS NULL;
"""
SAID = """
UPDATE events_event SET is_free = true WHERE is_free IS NULL;
UPDATE events_occurrence SET is_free = true WHERE is_free IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0007_state_events_and_talks")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="is_free",
            field=models.BooleanField(default=True, null=True, verbose_name="бесплатно"),
        ),
        migrations.AlterField(
            model_name="occurrence",
            name="is_free",
            field=models.BooleanField(default=True, null=True),
        ),
        migrations.RunSQL(UNSAID, SAID),
    ]
