from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    # Feeds ask for changes written down one by one, no more for the last.
    atomic = False
    dependencies = [("events", "0012_calendar_changes")]

    operations = [RemoveIndexConcurrently(model_name="event", name="event_changed")]
