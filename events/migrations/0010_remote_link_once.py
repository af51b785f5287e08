from django.db import migrations, models


class Migration(migrations.Migration):
    # An index that is built while the portal works.
    atomic = False
    dependencies = [("events", "0009_remote_url_key")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY remote_calendar_link_once"
                    " ON events_remotecalendar (branch_id, url_key) WHERE NOT (url_key = '')",
                    "DROP INDEX CONCURRENTLY IF EXISTS remote_calendar_link_once",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS remote_calendar_once",
                    "CREATE UNIQUE INDEX CONCURRENTLY remote_calendar_once"
                    " ON events_remotecalendar (community_id, url) WHERE connected_at IS NOT NULL",
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="remotecalendar", name="remote_calendar_once"),
                migrations.AddConstraint(
                    model_name="remotecalendar",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("url_key", ""), _negated=True),
                        fields=("branch", "url_key"),
                        name="remote_calendar_link_once",
                    ),
                ),
            ],
        ),
    ]
