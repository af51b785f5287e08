"""The writing side: organisers in the cabinet, the coordinator in the queue; the staff's week of clashes."""

from django.urls import URLPattern, path

from events.views import (
    clashes_week,
    manage,
    manage_clashes,
    manage_page,
    my_events,
    personal,
    review,
    review_edit,
    venues,
)

_EVENT = "cabinet/events/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("cabinet/calendar/", personal.feed_settings, name="feed-settings"),
    path("cabinet/calendar/renew/", personal.feed_renew, name="feed-renew"),
    path("cabinet/calendar/revoke/", personal.feed_revoke, name="feed-revoke"),
    path("cabinet/events/", my_events.my_events, name="my-events"),
    path("cabinet/events/new/", manage.event_announce, name="event-announce"),
    path("cabinet/events/clashes/", manage_clashes.event_clashes, name="event-clashes"),
    path(_EVENT, manage_page.event_manage, name="event-manage"),
    path(f"{_EVENT}edit/", manage.event_edit, name="event-edit"),
    path(f"{_EVENT}publish/", manage.event_publish, name="event-publish"),
    path(f"{_EVENT}discard/", manage.event_discard, name="event-discard"),
    path(f"{_EVENT}cancel/", manage_page.event_cancel, name="event-cancel"),
    path(f"{_EVENT}reinstate/", manage_page.event_reinstate, name="event-reinstate"),
    path(f"{_EVENT}dates/leave-out/", manage_page.event_leave_out, name="event-leave-out"),
    path(f"{_EVENT}dates/<int:date>/", manage_page.event_date, name="event-date"),
    path(f"{_EVENT}organisers/invite/", manage_page.organiser_invite, name="organiser-invite"),
    path(
        f"{_EVENT}organisers/<int:organiser>/remove/",
        manage_page.organiser_remove,
        name="organiser-remove",
    ),
    path("cabinet/events/invitations/<int:pk>/", manage_page.organiser_answer, name="organiser-answer"),
    path("queue/clashes/", clashes_week.event_clashes_week, name="event-clashes-week"),
    path("queue/events/<int:pk>/", review.event_review, name="event-review"),
    path("queue/events/<int:pk>/decide/", review.event_decide, name="event-decide"),
    path("queue/event-edits/<int:pk>/", review_edit.event_edit_review, name="event-edit-review"),
    path("queue/event-edits/<int:pk>/decide/", review_edit.event_edit_decide, name="event-edit-decide"),
    path("queue/venues/", venues.venue_list, name="venue-list"),
    path("queue/venues/<int:pk>/", venues.venue_edit, name="venue-edit"),
    path("queue/venues/<int:pk>/merge/", venues.venue_merge, name="venue-merge"),
    path("queue/organisers/<slug:slug>/trust/", review.organiser_trust, name="organiser-trust"),
    path("queue/organisers/<slug:slug>/distrust/", review.organiser_distrust, name="organiser-distrust"),
]
