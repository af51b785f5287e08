"""Any vocabulary counts texts; the column of the first one is called as before, so the database has nothing to do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("communities", "0005_search_cuts")]
    operations = [
        migrations.AlterField(
            "searchword", "communities", models.PositiveIntegerField(db_column="communities", default=1)
        ),
        migrations.RenameField("searchword", "communities", "texts"),
    ]
