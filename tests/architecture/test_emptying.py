"""What a test commits is gone after it: from every table, also from those that let no row go."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import TransactionTestCase

from hub.models import Revision
from tests import factories as f
from tests.emptying import KEPT


def filled() -> set[str]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_but_what_migrating_wrote():
    before = filled()
    f.opened(2, f.approved().community)
    assert Revision.objects.exists()  # append-only, and what an event changes is written down
    assert {"events_event", "events_calendarchange"} <= filled()
    TransactionTestCase._fixture_teardown(TransactionTestCase())
    assert filled() == before == KEPT | {"django_migrations"}
    assert Permission.objects.exists()
