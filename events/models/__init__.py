from events.models.change import CalendarChange
from events.models.edit import EventEdit
from events.models.event import Event, Organiser, TrustedOrganiser
from events.models.feed import PersonalFeed
from events.models.occurrence import Occurrence
from events.models.registration import Registration
from events.models.remote import ImportedEvent, RemoteCalendar
from events.models.search import EventWord
from events.models.state import StateEventSupport, SupportRequest, TrustedAdministration
from events.models.talk import Talk
from events.models.venue import Venue
from events.models.walk_in import WalkIn

__all__ = [
    "CalendarChange",
    "Event",
    "EventEdit",
    "EventWord",
    "ImportedEvent",
    "Occurrence",
    "Organiser",
    "PersonalFeed",
    "Registration",
    "RemoteCalendar",
    "StateEventSupport",
    "SupportRequest",
    "Talk",
    "TrustedAdministration",
    "TrustedOrganiser",
    "Venue",
    "WalkIn",
]
