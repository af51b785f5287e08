"""Calendars of other programs, the events that come from them, and dates that no rule says."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0005_search_cuts'),
        ('events', '0004_attendance_indexes'),
        ('hub', '0005_notification_without_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='rdates',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, db_default=[], default=list, editable=False, size=None),
        ),
        migrations.CreateModel(
            name='RemoteCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(blank=True, max_length=2000, verbose_name='ссылка')),
                ('name', models.CharField(max_length=120, verbose_name='название')),
                ('state', models.CharField(choices=[('draft', 'Ещё не подключён'), ('active', 'Подключён'), ('paused', 'На паузе'), ('look', 'Нужен взгляд'), ('files', 'Из файлов')], default='draft', editable=False, max_length=10)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('connected_at', models.DateTimeField(editable=False, null=True)),
                ('content', models.TextField(blank=True, editable=False)),
                ('tried_at', models.DateTimeField(editable=False, null=True)),
                ('ok_at', models.DateTimeField(editable=False, null=True)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('error', models.CharField(blank=True, editable=False, max_length=20)),
                ('taken', models.PositiveIntegerField(default=0, editable=False)),
                ('refused', models.JSONField(default=list, editable=False)),
                ('next_try_at', models.DateTimeField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('etag', models.CharField(blank=True, editable=False, max_length=400)),
                ('last_modified', models.CharField(blank=True, editable=False, max_length=400)),
                ('read_in_full_at', models.DateTimeField(editable=False, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.branch')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remote_calendars', to='communities.community')),
            ],
            options={
                'verbose_name': 'календарь из другой программы',
                'verbose_name_plural': 'календари из других программ',
                'indexes': [models.Index(fields=['next_try_at'], name='remote_calendar_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('connected_at__isnull', False)), fields=('community', 'url'), name='remote_calendar_once'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('state', 'files'), ('url', '')), models.Q(models.Q(('state', 'files'), _negated=True), models.Q(('url', ''), _negated=True)), _connector='OR'), name='remote_calendar_address')],
            },
        ),
        migrations.CreateModel(
            name='ImportedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('remote_uid', models.CharField(max_length=255)),
                ('digest', models.CharField(max_length=64)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField(null=True)),
                ('anchor', models.DateTimeField()),
                ('called_off', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, default=list, size=None)),
                ('is_called_off', models.BooleanField(default=False)),
                ('left_at', models.DateTimeField(null=True)),
                ('hidden_at', models.DateTimeField(null=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported', to='events.event')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imported', to='events.remotecalendar')),
            ],
            options={
                'verbose_name': 'событие из другой программы',
                'verbose_name_plural': 'события из других программ',
                'constraints': [models.UniqueConstraint(fields=('source', 'remote_uid'), name='imported_event_once')],
            },
        ),
    ]
