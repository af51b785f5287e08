"""A resident's side: register for a date, see where one is going, withdraw."""

from django.urls import URLPattern, path

from events.views import registration

urlpatterns: list[URLPattern] = [
    path("calendar/<slug:slug>/register/", registration.event_register, name="event-register"),
    path("cabinet/registrations/", registration.my_registrations, name="my-registrations"),
    path("cabinet/registrations.ics", registration.my_registrations_ics, name="my-registrations-ics"),
    path(
        "cabinet/registrations/<int:pk>/withdraw/",
        registration.registration_withdraw,
        name="registration-withdraw",
    ),
]
