import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("events", "0013_without_last_change"),
    ]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="walked_in",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="WalkIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="имя")),
                (
                    "people",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="сколько человек",
                    ),
                ),
                ("token", models.CharField(editable=False, max_length=32, unique=True)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="walk_ins",
                        to="events.occurrence",
                    ),
                ),
            ],
            options={
                "verbose_name": "гость без записи",
                "verbose_name_plural": "гости без записи",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(people__gte=1), name="walk_in_somebody")
                ],
            },
        ),
    ]
