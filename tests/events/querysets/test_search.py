"""What finding an event reads: other branches' events and other words are not even looked at."""

from copy import copy

import pytest
from django.db import connection

from events.models import Event
from events.querysets.search import found_by
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_words_are_looked_up_in_an_index():
    event = f.published(title="Экскурсия в горы")
    others = []
    for number in range(3000):
        other = copy(event)
        other.pk, other.slug, other.uid = None, f"other-{number}", f"{number}@example.org"
        other.title = f"Встреча {number}"
        others.append(other)
    Event.objects.bulk_create(others)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event")
    events = Event.objects.in_branch(event.branch).published()
    found = found_by(events, event.branch, ["экскурсия", "горы"])
    assert list(found) == [event]
    plan = found.explain(analyze=True)
    assert "event_search" in plan
    assert "Rows Removed" not in plan
