"""Who comes: registrations, and what a date says of its seats."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_feed_indexes'),
        ('hub', '0005_notification_without_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='takes_registrations',
            field=models.BooleanField(db_default=False, default=False, verbose_name='нужна запись'),
        ),
        migrations.AddField(
            model_name='event',
            name='capacity',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='сколько мест'),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='takes_registrations',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='capacity',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='going',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='waiting',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='occurrence',
            name='is_dropped',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('going', 'Идёт'), ('waiting', 'В листе ожидания'), ('cancelled', 'Запись отменена')], editable=False, max_length=10, verbose_name='состояние')),
                ('registered_at', models.DateTimeField(auto_now_add=True, verbose_name='когда')),
                ('knows_since', models.DateTimeField()),
                ('promoted_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('checked_in_at', models.DateTimeField(null=True, verbose_name='пришёл')),
                ('checked_in_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('occurrence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='events.occurrence')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'запись на событие',
                'verbose_name_plural': 'записи на события',
                'indexes': [models.Index(fields=['occurrence', 'state', 'id'], name='registration_in_turn'), models.Index(condition=models.Q(('cancelled_at', None)), fields=['user'], name='registration_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('occurrence', 'user'), name='registration_live_once'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('state', 'cancelled')), models.Q(('cancelled_at', None), ('state__in', ['going', 'waiting'])), _connector='OR'), name='registration_cancelled_when'), models.CheckConstraint(condition=models.Q(models.Q(('checked_in_at', None), ('checked_in_by', None)), models.Q(('checked_in_at__isnull', False), ('checked_in_by__isnull', False), ('state', 'going')), _connector='OR'), name='registration_checked_in_who_and_when')],
            },
        ),
    ]
