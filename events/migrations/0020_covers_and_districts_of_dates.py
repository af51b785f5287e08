"""What dates now carry besides: the cover of their event, and the district of who holds it where no venue tells one."""

from django.db import migrations, models

#: So many events at a time: nobody waits long for a date that is being written.
BATCH = 1000
COVERS = """
UPDATE events_occurrence AS one SET cover = upload.file
FROM events_event AS event JOIN hub_upload AS upload ON upload.id = event.cover_id
WHERE event.id > %s AND event.id <= %s AND upload.is_public AND one.event_id = event.id AND one.cover = ''
"""
DISTRICTS = """
UPDATE events_occurrence AS one SET district_id = home.district_id
FROM (
    SELECT DISTINCT ON (organiser.event_id) organiser.event_id, record.district_id
    FROM events_organiser AS organiser
    JOIN communities_community AS community ON community.id = organiser.community_id
    JOIN communities_censusrecord AS record ON record.id = community.current_id
    WHERE organiser.event_id > %s AND organiser.event_id <= %s
      AND organiser.state = 'accepted' AND record.district_id IS NOT NULL
    ORDER BY organiser.event_id, organiser.id
) AS home
WHERE one.event_id = home.event_id AND one.venue_id IS NULL AND one.district_id IS NULL
"""


def copy(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM events_event")
        (last,) = cursor.fetchone()
        for at in range(0, last, BATCH):
            cursor.execute(COVERS, [at, at + BATCH])
            cursor.execute(DISTRICTS, [at, at + BATCH])


class Migration(migrations.Migration):
    # The lock that a new column takes must not last while rows are copied; each batch is by itself.
    atomic = False

    dependencies = [("events", "0019_venue_other_names")]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="cover",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        migrations.RunPython(copy, migrations.RunPython.noop),
    ]
