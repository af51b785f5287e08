import django.db.models.deletion
from django.db import migrations, models

# One row a transaction and branch. Of another transaction a row can only be when its number comes again, in a
# database restored elsewhere: then it is told by its moment.
WATCH = """
CREATE FUNCTION events_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events_calendarchange AS known (branch_id, transaction, at)
    VALUES (
        CASE TG_OP WHEN 'DELETE' THEN OLD.branch_id ELSE NEW.branch_id END,
        pg_current_xact_id()::text::bigint, clock_timestamp()
    )
    ON CONFLICT (branch_id, transaction) DO UPDATE SET at = EXCLUDED.at WHERE known.at < now();
    RETURN NULL;
END $$;
CREATE TRIGGER note_change_insert AFTER INSERT ON events_event
    FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION events_note_change();
CREATE TRIGGER note_change_update AFTER UPDATE ON events_event
    FOR EACH ROW WHEN (OLD.state = 'approved' OR NEW.state = 'approved') EXECUTE FUNCTION events_note_change();
CREATE TRIGGER note_change_delete AFTER DELETE ON events_event
    FOR EACH ROW WHEN (OLD.state = 'approved') EXECUTE FUNCTION events_note_change();
"""
UNWATCH = """
DROP TRIGGER note_change_insert ON events_event;
DROP TRIGGER note_change_update ON events_event;
DROP TRIGGER note_change_delete ON events_event;
DROP FUNCTION events_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0011_remote_loading")]

    operations = [
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transaction", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="hub.branch",
                    ),
                ),
            ],
            options={"verbose_name": "изменение календаря", "verbose_name_plural": "изменения календаря"},
        ),
        migrations.AddConstraint(
            model_name="calendarchange",
            constraint=models.UniqueConstraint(fields=("branch", "transaction"), name="calendar_change_once"),
        ),
        migrations.RunSQL(WATCH, UNWATCH),
    ]
