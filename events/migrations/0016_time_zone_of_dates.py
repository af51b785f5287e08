"""By whose clock a date is, beside it: the calendar need not ask its event."""

from django.db import migrations, models

# Most are by the clock that new rows have: only the others are written.
COPY = """
UPDATE events_occurrence AS one SET timezone = event.timezone
FROM events_event AS event
WHERE event.id = one.event_id AND event.timezone <> one.timezone
"""


class Migration(migrations.Migration):
    # The lock that a new column takes must not last while rows are copied.
    atomic = False
    dependencies = [("events", "0015_state_indexes")]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="timezone",
            field=models.CharField(max_length=64, default="Europe/Moscow", db_default="Europe/Moscow"),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
