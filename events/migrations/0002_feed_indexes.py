"""What feeds and lists read: the last change, the newest, the times that differ from the rule, the order of time."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["branch", "changed_at"], condition=Q(state="approved"), name="event_changed"
            ),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["branch", "decided_at", "id"], condition=Q(state="approved"), name="event_newest"
            ),
        ),
        AddIndexConcurrently(
            model_name="occurrence",
            index=models.Index(
                fields=["event"],
                condition=Q(is_moved=True) | Q(cancelled_at__isnull=False),
                name="occurrence_apart",
            ),
        ),
        AddIndexConcurrently(
            model_name="occurrence",
            index=models.Index(
                fields=["branch", "starts_at", "id"], condition=Q(is_listed=True), name="occurrence_in_time"
            ),
        ),
    ]
