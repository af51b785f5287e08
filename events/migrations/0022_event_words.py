"""Words of titles: a typo is mended by them; the next count of the clock fills them in."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0021_own_places_of_dates'),
        ('hub', '0005_notification_without_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_collation='C', max_length=60)),
                ('texts', models.PositiveIntegerField(default=1)),
                ('cuts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), db_default=[], default=list, editable=False, size=None)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hub.branch')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['word'], name='event_word_typos', opclasses=['gin_trgm_ops']), django.contrib.postgres.indexes.GinIndex(fields=['cuts'], name='event_word_slips')],
                'constraints': [models.UniqueConstraint(fields=('branch', 'word'), name='event_word_once')],
            },
        ),
    ]
