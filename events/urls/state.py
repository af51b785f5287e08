"""State events and talks: what is asked for, who helps, what was said on other stages."""

from django.urls import URLPattern, path

from events.views import review_state, state_desk, support, talks

_DESK = "state-events/desk/"

urlpatterns: list[URLPattern] = [
    path("state-events/", support.state_event_list, name="state-event-list"),
    path(_DESK, state_desk.state_event_desk, name="state-event-desk"),
    path(f"{_DESK}new/", state_desk.state_event_announce, name="state-event-announce"),
    path(f"{_DESK}<int:pk>/", state_desk.state_event_answers, name="state-event-answers"),
    path(f"{_DESK}<int:pk>/ask/", state_desk.state_event_ask, name="state-event-ask"),
    path(f"{_DESK}supports/<int:pk>/answer/", state_desk.support_answer, name="support-answer"),
    path("cabinet/state-events/<int:pk>/support/", support.support_offer, name="support-offer"),
    path("cabinet/supports/<int:pk>/", support.support_detail, name="support-detail"),
    path("cabinet/supports/<int:pk>/withdraw/", support.support_withdraw, name="support-withdraw"),
    path("cabinet/talks/new/", talks.talk_tell, name="talk-tell"),
    path("cabinet/talks/<int:pk>/", talks.talk_edit, name="talk-edit"),
    path("cabinet/talks/<int:pk>/discard/", talks.talk_discard, name="talk-discard"),
    path("queue/supports/<int:pk>/", review_state.support_review, name="support-review"),
    path("queue/supports/<int:pk>/decide/", review_state.support_decide, name="support-decide"),
    path("queue/talks/<int:pk>/", review_state.talk_review, name="talk-review"),
    path("queue/talks/<int:pk>/decide/", review_state.talk_decide, name="talk-decide"),
    path("queue/administration/trust/", review_state.administration_trust, name="administration-trust"),
    path(
        "queue/administration/distrust/", review_state.administration_distrust, name="administration-distrust"
    ),
]
