"""A date may have a name and a place of its own."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import BooleanField, F, Func, Q

NOTED = Func(F("note"), template="%(expressions)s <> ''", output_field=BooleanField())
APART = (
    Q(is_moved=True) | Q(own_title__isnull=False) | Q(own_place__isnull=False) | Q(NOTED)
) | Q(cancelled_at__isnull=False)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0020_covers_and_districts_of_dates")]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="own_title",
            field=models.CharField(max_length=120, null=True, verbose_name="название"),
        ),
        migrations.AddField(
            model_name="occurrence",
            name="own_place",
            field=models.CharField(max_length=200, null=True, verbose_name="где именно"),
        ),
        AddIndexConcurrently(
            model_name="occurrence",
            index=models.Index(fields=["event"], condition=APART, name="occurrence_otherwise"),
        ),
        RemoveIndexConcurrently(model_name="occurrence", name="occurrence_apart"),
    ]
