"""The one way to tell somebody something.

`notify` writes rows in the caller's transaction; Celery's `deliver` takes them out through channels,
`scan` finds what is to be reminded of. Redis only rings the bell: with Redis gone the minute's scan
finds the same rows.

    kinds      what there is to tell, declared by each app in its notifications.py
    writing    notify: rows with a unique key
    timing     now, later, in a digest or not at all: quiet hours, preferences, too late
    letters    a notification as words: subject, text, HTML
    channels   ways out: e-mail, Telegram
    reasons    why something did not go out, in words for a coordinator
    delivery   claim, send, commit; digests; what a dead worker left
    reminders  dated rows found by windows
"""

from hub.outbox.kinds import Kind, declare
from hub.outbox.reminders import Reminder, remind
from hub.outbox.writing import Message, call_back, notify, notify_all

__all__ = ["Kind", "Message", "Reminder", "call_back", "declare", "notify", "notify_all", "remind"]
