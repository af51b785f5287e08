from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("События")

    def ready(self) -> None:
        from events import my_data
        from events.notifications import holders, registration, state  # noqa: F401 - declares what there is to tell
        from events.querysets import queue

        my_data.register()
        queue.register()
