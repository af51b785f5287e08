"""What reminders look for: events by their norm, dates that somebody is going to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('events', '0003_registration'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='event',
            index=models.Index(fields=['decide_by'], condition=Q(state='submitted'), name='event_norm'),
        ),
        AddIndexConcurrently(
            model_name='occurrence',
            index=models.Index(fields=['starts_at'], condition=Q(going__gt=0, cancelled_at=None), name='occurrence_attended'),
        ),
    ]
