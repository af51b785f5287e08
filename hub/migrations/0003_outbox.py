"""A message and its ways out become two tables; whatever waits goes on waiting."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import hub.models.outbox
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hub', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='hub.notification')),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hub.branch')),
                ('digest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='hub.notification')),
                ('channel', models.CharField(choices=[('email', 'Почта'), ('telegram', 'Telegram')], max_length=10)),
                ('state', models.CharField(choices=[('queued', 'В очереди'), ('sending', 'Отправляется'), ('sent', 'Отправлено'), ('failed', 'Не доставлено'), ('skipped', 'Не отправлялось'), ('held', 'Ждёт сводки'), ('digested', 'В сводке')], default='queued', max_length=8)),
                ('urgent', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('queued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('next_try_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lease_until', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'отправка',
                'verbose_name_plural': 'отправки',
                'constraints': [models.UniqueConstraint(fields=('notification', 'channel'), name='delivery_once')],
                'indexes': [
                    models.Index(condition=models.Q(('state', 'queued')), fields=['next_try_at'], name='delivery_due'),
                    models.Index(condition=models.Q(('state', 'queued'), ('urgent', True)), fields=['next_try_at'], name='delivery_urgent'),
                    models.Index(condition=models.Q(('state', 'held')), fields=['next_try_at'], name='delivery_held'),
                    models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='delivery_left'),
                    models.Index(fields=['branch', '-id'], name='delivery_of_branch'),
                    models.Index(condition=models.Q(('state', 'failed')), fields=['branch', '-id'], name='delivery_failed'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NotificationSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_settings', to=settings.AUTH_USER_MODEL)),
                ('timezone', models.CharField(blank=True, max_length=64, verbose_name='часовой пояс')),
                ('quiet_from', models.TimeField(blank=True, default=hub.models.outbox.quiet_from, null=True, verbose_name='тихо с')),
                ('quiet_until', models.TimeField(blank=True, default=hub.models.outbox.quiet_until, null=True, verbose_name='тихо до')),
                ('digest', models.CharField(blank=True, choices=[('', 'Сразу'), ('daily', 'Раз в день одним письмом'), ('weekly', 'Раз в неделю одним письмом')], default='', max_length=8, verbose_name='как часто')),
                ('digest_at', models.TimeField(default=datetime.time(9, 0), verbose_name='час сводки')),
                ('muted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('link_version', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'настройки уведомлений',
                'verbose_name_plural': 'настройки уведомлений',
            },
        ),
        migrations.CreateModel(
            name='Reminded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminder', models.CharField(max_length=40)),
                ('target', models.BigIntegerField()),
                ('moment', models.DateTimeField()),
                ('minutes', models.IntegerField(help_text='Минут от даты, до неё — с минусом')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'сказанное напоминание',
                'verbose_name_plural': 'сказанные напоминания',
                'constraints': [models.UniqueConstraint(fields=('reminder', 'target', 'minutes', 'moment'), name='reminded_once')],
            },
        ),
        migrations.CreateModel(
            name='TelegramChat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='telegram', to=settings.AUTH_USER_MODEL)),
                ('chat', models.BigIntegerField(null=True, unique=True)),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('code_expires_at', models.DateTimeField(null=True)),
                ('linked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'чат в Telegram',
                'verbose_name_plural': 'чаты в Telegram',
            },
        ),
        migrations.AddField(
            model_name='notification',
            name='in_inbox',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='path',
            field=models.CharField(blank=True, db_default='', default='', help_text='Куда ведёт кнопка', max_length=300),
        ),
        migrations.AddField(
            model_name='notification',
            name='read_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='too_late_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='notification',
            name='context',
            field=models.JSONField(default=dict, help_text='Что подставить в текст'),
        ),
        migrations.RunSQL(
            """
            INSERT INTO hub_delivery (notification_id, channel, branch_id, state, urgent, attempts,
                                      queued_at, next_try_at, lease_until, sent_at, error)
            SELECT id, 'email', branch_id, state, kind = 'account', attempts,
                   created_at, next_try_at, lease_until, sent_at, error
            FROM hub_notification;
            UPDATE hub_notification
            SET in_inbox = kind <> 'account' AND user_id IS NOT NULL,
                read_at = created_at,
                path = left(coalesce(regexp_replace(context ->> 'url', '^https?://[^/]+', ''), ''), 300);
            """,
            migrations.RunSQL.noop,
        ),
    ]
