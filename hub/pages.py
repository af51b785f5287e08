"""Addresses of the kernel's own pages."""

from django.urls import URLPattern, path, re_path

from hub.permissions import staff_page
from hub.views import branch_css, preferences, styleguide, uploads

urlpatterns: list[URLPattern] = [
    path("branch.css", branch_css.branch_css, name="branch-css"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("styleguide/", staff_page("hub.view_styleguide")(styleguide.styleguide), name="styleguide"),
    path("files/<uuid:pk>/", uploads.upload_file, name="upload-file"),
    re_path(
        r"^media/public/(?P<folder>[0-9a-f]{2})/(?P<name>[0-9a-f]{32})\.(?P<extension>webp)$",
        uploads.public_file,
        name="public-file",
    ),
]
