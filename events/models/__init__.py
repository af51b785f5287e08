from events.models.event import Event, Organiser, TrustedOrganiser
from events.models.occurrence import Occurrence
from events.models.venue import Venue

__all__ = ["Event", "Occurrence", "Organiser", "TrustedOrganiser", "Venue"]
