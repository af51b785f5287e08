from django.db import migrations, models

STATES = [
    ("draft", "Ещё не подключён"),
    ("loading", "Загружается"),
    ("active", "Подключён"),
    ("paused", "На паузе"),
    ("look", "Нужен взгляд"),
    ("files", "Из файлов"),
]


class Migration(migrations.Migration):
    dependencies = [("events", "0010_remote_link_once")]

    operations = [
        migrations.AlterField(
            model_name="remotecalendar",
            name="state",
            field=models.CharField(choices=STATES, default="draft", editable=False, max_length=10),
        ),
        migrations.RemoveConstraint(model_name="remotecalendar", name="remote_calendar_address"),
        migrations.AddConstraint(
            model_name="remotecalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=["draft", "loading"])
                | models.Q(state="files", url="")
                | (~models.Q(state="files") & ~models.Q(url="")),
                name="remote_calendar_address",
            ),
        ),
    ]
