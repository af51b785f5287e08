from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = _("Сообщества")

    def ready(self) -> None:
        from communities import my_data, notifications  # noqa: F401 — declares what there is to tell
        from communities.actions.stewardship import consent_withdrawn
        from hub import consents
        from hub.choices import ConsentKind

        # Taken back in the account's settings, a consent hides what it showed in the same transaction.
        consents.on_withdraw(ConsentKind.CONTACT, consent_withdrawn)
        consents.name_subjects(ConsentKind.CONTACT, my_data.subject_names)
        my_data.register()
