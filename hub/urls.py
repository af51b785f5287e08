"""Every address of the portal. Apps are named as strings: the kernel imports none of them."""

from django.contrib import admin
from django.urls import include, path

from hub.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("hub.pages")),  # account, preferences, palette, styleguide
    path("", include("communities.urls")),
    path("", include("events.urls")),
    path("reports/", include("reports.urls")),
    path("api/v1/", include("events.api.urls")),
    path("api/v1/", include("communities.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler403 = "hub.permissions.forbidden"
