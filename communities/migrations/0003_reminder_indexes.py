"""What reminders look for, each by its own date."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('communities', '0002_decide_by'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='censusrecord',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['decide_by'], name='censusrecord_norm'),
        ),
        AddIndexConcurrently(
            model_name='censusrecord',
            index=models.Index(condition=models.Q(('state', 'returned')), fields=['decided_at'], name='censusrecord_returned'),
        ),
        AddIndexConcurrently(
            model_name='censusrecord',
            index=models.Index(condition=models.Q(('state', 'draft')), fields=['saved_at'], name='censusrecord_drafts'),
        ),
        AddIndexConcurrently(
            model_name='claim',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['decide_by'], name='claim_norm'),
        ),
    ]
