from events.querysets.event import EventQuerySet
from events.querysets.occurrence import OccurrenceQuerySet
from events.querysets.registration import RegistrationQuerySet

__all__ = ["EventQuerySet", "OccurrenceQuerySet", "RegistrationQuerySet"]
