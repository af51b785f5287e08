from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Ядро")

    def ready(self) -> None:
        from hub.my_data import kernel

        kernel.register()
