"""What the delivery knows now leaves the message. Run when nothing of the earlier release writes any more."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('hub', '0004_notification_indexes'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='notification',
            name='attempts',
        ),
        migrations.RemoveField(
            model_name='notification',
            name='error',
        ),
        migrations.RemoveField(
            model_name='notification',
            name='lease_until',
        ),
        migrations.RemoveField(
            model_name='notification',
            name='next_try_at',
        ),
        migrations.RemoveField(
            model_name='notification',
            name='sent_at',
        ),
        migrations.RemoveField(
            model_name='notification',
            name='state',
        ),
    ]
