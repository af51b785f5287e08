"""What the administration's desk and the figures of state events and talks read."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0014_walk_ins"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["branch", "starts_at"], condition=Q(is_state=True), name="event_of_state"
            ),
        ),
        AddIndexConcurrently(
            model_name="talk",
            index=models.Index(
                fields=["branch", "-decided_at", "-id"], condition=Q(state="approved"), name="talk_newest"
            ),
        ),
    ]
