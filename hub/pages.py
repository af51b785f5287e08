"""Addresses of the kernel's own pages."""

from django.urls import URLPattern, path, re_path

from hub.permissions import staff_page
from hub.views import (
    account,
    branch_css,
    consents,
    letters,
    my_data,
    notifications,
    outbox,
    preferences,
    styleguide,
    telegram,
    uploads,
)

urlpatterns: list[URLPattern] = [
    path("branch.css", branch_css.branch_css, name="branch-css"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("styleguide/", staff_page("hub.view_styleguide")(styleguide.styleguide), name="styleguide"),
    path("privacy/", consents.privacy, name="privacy"),
    path("accounts/settings/", account.account_settings, name="account-settings"),
    path("accounts/consents/withdraw/", consents.consent_withdraw, name="consent-withdraw"),
    path("accounts/my-data/", my_data.my_data_page, name="my-data"),
    path("accounts/my-data/download/", my_data.my_data_download, name="my-data-download"),
    path("accounts/my-data/erase/", my_data.my_data_erase, name="my-data-erase"),
    path("accounts/letters/", letters.demo_letters, name="demo-letters"),
    path("accounts/letters/<str:key>/", letters.demo_letter, name="demo-letter"),
    path("accounts/letters/<str:key>/html/", letters.demo_letter_html, name="demo-letter-html"),
    path("inbox/", notifications.inbox, name="inbox"),
    path("inbox/bell/", notifications.inbox_bell, name="inbox-bell"),
    path("inbox/read/", notifications.inbox_read, name="inbox-read"),
    path("inbox/<int:pk>/", notifications.inbox_open, name="inbox-open"),
    path("accounts/notifications/", notifications.notification_settings, name="notification-settings"),
    path("accounts/notifications/links/", notifications.letter_links_revoke, name="letter-links-revoke"),
    path("accounts/notifications/telegram/", telegram.telegram_link, name="telegram-link"),
    path("accounts/notifications/telegram/connect/", telegram.telegram_connect, name="telegram-connect"),
    path(
        "accounts/notifications/telegram/disconnect/",
        telegram.telegram_disconnect,
        name="telegram-disconnect",
    ),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/resend/", outbox.outbox_resend_many, name="outbox-resend-many"),
    path("outbox/<int:pk>/resend/", outbox.outbox_resend, name="outbox-resend"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
    path("files/<uuid:pk>/", uploads.upload_file, name="upload-file"),
    re_path(
        r"^media/public/(?P<folder>[0-9a-f]{2})/(?P<name>[0-9a-f]{32}(?:-\d{3})?)\.(?P<extension>webp)$",
        uploads.public_file,
        name="public-file",
    ),
]
