"""History and consents are only ever added to: the database itself refuses anything else."""

from django.db import migrations

TABLES = ["hub_revision", "hub_consent"]


class Migration(migrations.Migration):
    dependencies = [("hub", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION hub_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$;
            """
            + "".join(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION hub_append_only();"
                for table in TABLES
            ),
            "".join(f"DROP TRIGGER append_only ON {table};" for table in TABLES)
            + "DROP FUNCTION hub_append_only();",
        )
    ]
