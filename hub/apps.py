from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


def autodiscover_ours(name: str) -> None:
    """Import the module `name` of each of our apps that has one."""
    for config in apps.get_app_configs():
        if Path(config.path).parent == settings.BASE_DIR and module_has_submodule(config.module, name):
            import_module(f"{config.name}.{name}")


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Ядро")

    def ready(self) -> None:
        from hub import checks  # noqa: F401 — registers itself
        from hub.my_data import kernel

        kernel.register()
        # Of the admin's tables only ours: allauth's would show secrets of sign-in.
        autodiscover_ours("admin")
