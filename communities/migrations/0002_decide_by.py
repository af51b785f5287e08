"""Until when a sent row is to be decided on, and what reminders look for."""

from django.conf import settings
from django.db import migrations, models

from hub.approvals import norm_end
from hub.models import Branch


def promise(apps, schema_editor):
    """What waits now was promised by the norm that holds now."""
    for name in ("CensusRecord", "Claim"):
        rows = apps.get_model("communities", name).objects.filter(state="submitted", decide_by=None)
        for row in rows.select_related("community__branch").only("submitted_at", "community__branch").iterator(500):
            branch = Branch(timezone=row.community.branch.timezone, norm_days=row.community.branch.norm_days)
            rows.filter(pk=row.pk).update(decide_by=norm_end(branch, row.submitted_at))


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0001_initial'),
        ('hub', '0003_outbox'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='censusrecord',
            name='decide_by',
            field=models.DateTimeField(editable=False, null=True, verbose_name='решить до'),
        ),
        migrations.AddField(
            model_name='claim',
            name='decide_by',
            field=models.DateTimeField(editable=False, null=True, verbose_name='решить до'),
        ),
        migrations.RunPython(promise, migrations.RunPython.noop),
    ]
