"""The Celery app and its clock. Tasks are named as strings: the kernel imports no other app."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

# How often what is due is looked for; the bell rings earlier for what is written now.
SCAN_SECONDS = float(os.environ.get("SCAN_SECONDS", 60))

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Every run scans what is due; none carries state, so a missed or doubled one is harmless.
    "deliver-notifications": {"task": "hub.tasks.deliver", "schedule": SCAN_SECONDS},
    "say-reminders": {"task": "hub.tasks.remind", "schedule": SCAN_SECONDS},
    "sweep-uploads": {"task": "hub.tasks.sweep_uploads", "schedule": crontab(minute=20, hour=1)},
    # New ones come with theirs; this is for pictures that were here before, and what a crash left out.
    "make-small-pictures": {"task": "hub.tasks.make_small_pictures", "schedule": crontab(minute=30, hour=1)},
    "forget-old-messages": {"task": "hub.tasks.forget_old", "schedule": crontab(minute=40, hour=1)},
    "refresh-search-words": {
        "task": "communities.tasks.refresh_search_words",
        "schedule": crontab(minute=40),
    },
    "refresh-event-words": {"task": "events.tasks.refresh_event_words", "schedule": crontab(minute=50)},
    "resume-imports": {"task": "communities.tasks.resume_imports", "schedule": 60.0},
    "roll-calendar-horizon": {"task": "events.tasks.roll_horizon", "schedule": crontab(minute=10, hour=2)},
    # Whoever connects a calendar rings for it; this one hears what was lost.
    "load-calendars": {
        "task": "events.tasks.load_calendars",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Each source is due an hour after its last reading; a scan more often keeps to that.
    "read-remote-calendars": {
        "task": "events.tasks.read_remote_calendars",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "record-indicators": {"task": "reports.tasks.record_indicators", "schedule": crontab(minute=0, hour=3)},
}


@app.on_after_configure.connect
def listen_to_the_bot(sender: Celery, **_kwargs: Any) -> None:
    """Only where there is a bot; the settings are known no sooner than here."""
    if settings.TELEGRAM_TOKEN:
        task = sender.signature("hub.tasks.telegram_updates")
        # Polls that no worker took in time would only be done again and again.
        sender.add_periodic_task(10.0, task, name="telegram-updates", expires=10)
