"""What finding an event by its words reads: made beside a running portal."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat, Lower, Replace

TEXT = TextField()
SPACE = Value(" ")
SAID = Replace(
    Lower(
        Concat(
            *(F("title"), SPACE, F("short"), SPACE, F("place"), SPACE, F("description"), SPACE),
            output_field=TEXT,
        )
    ),
    Value("ё"),
    Value("е"),
    output_field=TEXT,
)
BRANCH = SearchVector(Concat(Value("branch"), Cast("branch_id", TEXT), output_field=TEXT), config="simple")
SEARCHED = BRANCH + (SearchVector(SAID, config="russian") + SearchVector(SAID, config="simple"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0016_time_zone_of_dates")]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=GinIndex(SEARCHED, condition=Q(state="approved"), name="event_search"),
        ),
    ]
