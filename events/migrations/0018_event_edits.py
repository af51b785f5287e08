"""What published events said before they were changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0017_event_search'),
        ('hub', '0005_notification_without_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EventEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Черновик'), ('submitted', 'На проверке'), ('returned', 'Вернули'), ('approved', 'Одобрено'), ('imported', 'Не подтверждено'), ('retired', 'В истории')], default='draft', editable=False, max_length=10, verbose_name='состояние')),
                ('submitted_at', models.DateTimeField(editable=False, null=True, verbose_name='отправлено')),
                ('decide_by', models.DateTimeField(editable=False, null=True, verbose_name='решить до')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='решено')),
                ('before', models.JSONField(default=dict)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.branch')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='events.event')),
                ('submitted_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'правка события',
                'verbose_name_plural': 'правки событий',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'submitted')), fields=['branch', 'submitted_at'], name='event_edit_queue'), models.Index(condition=models.Q(('state', 'submitted')), fields=['decide_by'], name='event_edit_norm')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('submitted_at', None), ('submitted_by', None)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='eventedit_submitted_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='eventedit_decided_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'returned', 'approved']), _negated=True), ('submitted_at__isnull', False), _connector='OR'), name='eventedit_submitted_before_review'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'approved']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='eventedit_decided_when_final'), models.CheckConstraint(condition=models.Q(('decided_by', None), ('submitted_by', None), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='eventedit_not_decided_by_submitter'), models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('event',), name='event_edit_waits_once')],
            },
        ),
    ]
