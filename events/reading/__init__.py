"""Other people's calendar files, read: bytes in, events as we keep them out. Pure.

`file` takes the bytes apart, `words` cleans texts, `entry` says what one entry tells, `series` makes of an event's
entries what our rows say (`incoming`), and `whole` reads a calendar with all its events.
What the library (`recurring-ical-events`) says when something happens is the truth; tests/events/reading
proves that our rows say the same.
"""

from events.reading.file import MAX_BYTES, NotACalendar, text_of
from events.reading.incoming import Incoming, Moved
from events.reading.whole import Reading, Refused, read

__all__ = ["MAX_BYTES", "Incoming", "Moved", "NotACalendar", "Reading", "Refused", "read", "text_of"]
