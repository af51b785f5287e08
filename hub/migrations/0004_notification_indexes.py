"""What the inbox and its bell read."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('hub', '0003_outbox'),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name='notification',
            name='notification_due',
        ),
        RemoveIndexConcurrently(
            model_name='notification',
            name='notification_left',
        ),
        AddIndexConcurrently(
            model_name='notification',
            index=models.Index(condition=models.Q(('in_inbox', True)), fields=['user', '-id'], name='notification_inbox'),
        ),
        AddIndexConcurrently(
            model_name='notification',
            index=models.Index(condition=models.Q(('in_inbox', True), ('read_at', None)), fields=['user'], name='notification_unread'),
        ),
    ]
