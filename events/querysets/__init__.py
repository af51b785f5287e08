from events.querysets.event import EventQuerySet
from events.querysets.occurrence import OccurrenceQuerySet

__all__ = ["EventQuerySet", "OccurrenceQuerySet"]
