import hashlib
from urllib.parse import unquote, urlsplit

from django.db import migrations, models


def key(url):
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path).rstrip("/")
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    said = f"{host}{port}{path}?{parts.query}"
    if host == "calendar.google.com" and path.startswith("/calendar/ical/"):
        said = f"{host}/{path.split('/')[3].lower()}"
    return hashlib.sha256(said.encode()).hexdigest()


def hold(apps, schema_editor):
    """Who connected a link first holds it; what others have of it goes on as it is."""
    held = set()
    rows = apps.get_model("events", "RemoteCalendar").objects.filter(connected_at__isnull=False).exclude(url="")
    for source in rows.order_by("connected_at", "pk"):
        source.url_key = key(source.url)
        if (source.branch_id, source.url_key) not in held:
            held.add((source.branch_id, source.url_key))
            source.save(update_fields=["url_key"])


class Migration(migrations.Migration):
    dependencies = [("events", "0008_unknown_price")]

    operations = [
        migrations.AddField(
            model_name="remotecalendar",
            name="url_key",
            field=models.CharField(db_default="", default="", editable=False, max_length=64),
        ),
        migrations.RunPython(hold, migrations.RunPython.noop),
    ]
