"""One-time codes: once, for a quarter of an hour, one chat to one person, also when many come at once."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db.models.functions import Now

from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery, Revision, TelegramChat
from hub.telegram import linking
from hub.telegram.linking import WrongCode, code_of, hash_of, leave, leave_chat, link_of, make_code, take_code
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def code_for(user) -> str:
    return code_of(make_code(user, by=user))


def chats() -> dict[int, int | None]:
    return dict(TelegramChat.objects.values_list("user", "chat"))


def test_a_code_links_once():
    user = f.UserFactory()
    code = code_for(user)
    assert take_code(code, 77) == user
    assert chats() == {user.pk: 77}
    with pytest.raises(WrongCode):
        take_code(code, 78)
    assert chats() == {user.pk: 77}
    assert [r.action for r in Revision.objects.filter(target_id=user.pk)] == [
        "telegram-code",
        "telegram-link",
    ]


def test_the_same_chat_may_say_its_code_twice():
    user = f.UserFactory()
    code = code_for(user)
    assert take_code(code, 77) == take_code(code, 77) == user
    assert Revision.objects.filter(action="telegram-link").count() == 1


def test_after_leaving_a_used_code_opens_nothing():
    user = f.UserFactory()
    code = code_for(user)
    take_code(code, 77)
    leave(user, by=user)
    with pytest.raises(WrongCode):
        take_code(code, 77)


def test_a_code_is_long_hashed_and_fits_the_link():
    user = f.UserFactory()
    code = code_for(user)
    assert len(code) == 43
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    row = TelegramChat.objects.get()
    assert row.code_hash == hash_of(code)
    assert code not in str(row.__dict__)


def test_an_old_code_links_nobody():
    user = f.UserFactory()
    seed = make_code(user, by=user)
    assert link_of(user, seed).address.endswith(code_of(seed))
    TelegramChat.objects.update(code_expires_at=Now() - timedelta(seconds=1))
    with pytest.raises(WrongCode):
        take_code(code_of(seed), 77)
    assert link_of(user, seed).address == ""


def test_a_new_code_voids_the_old():
    user = f.UserFactory()
    old, new = code_for(user), code_for(user)
    with pytest.raises(WrongCode):
        take_code(old, 77)
    assert take_code(new, 77) == user


@pytest.mark.parametrize("code", ["", "x", "'; DROP TABLE", "ы" * 64, "0" * 5000])
def test_a_foreign_code_links_nobody(code):
    code_for(f.UserFactory())
    TelegramChat.objects.create(user=f.UserFactory(), chat=1)
    with pytest.raises(WrongCode):
        take_code(code, 77)


def test_an_account_that_is_gone_links_nothing():
    user = f.UserFactory()
    code = code_for(user)
    user.is_active = False
    user.save()
    with pytest.raises(WrongCode):
        take_code(code, 77)


def test_a_chat_moves_to_another_account_by_its_code_alone(greet):
    first, second = f.UserFactory(), f.UserFactory()
    take_code(code_for(first), 77)
    greet(user=first)
    take_code(code_for(second), 77)
    assert chats() == {first.pk: None, second.pk: 77}
    assert Revision.objects.get(action="telegram-unlink").note == "moved"
    waiting = Delivery.objects.get(channel=ChannelCode.TELEGRAM)
    assert (waiting.state, waiting.error) == (DeliveryState.SKIPPED, "unlinked")


def test_an_account_moves_to_another_chat():
    user = f.UserFactory()
    take_code(code_for(user), 77)
    take_code(code_for(user), 78)
    assert chats() == {user.pk: 78}
    assert leave_chat(77, note="stop") is None


def test_leaving_voids_the_code_on_its_way_and_skips_what_waits(greet):
    user = f.UserFactory()
    take_code(code_for(user), 77)
    code = code_for(user)
    greet(user=user)
    leave(user, by=user)
    with pytest.raises(WrongCode):
        take_code(code, 77)
    assert Delivery.objects.get(channel=ChannelCode.EMAIL).state == DeliveryState.QUEUED
    assert Delivery.objects.get(channel=ChannelCode.TELEGRAM).state == DeliveryState.SKIPPED


# --- at once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_code_from_many_chats_at_once_links_one():
    user = f.UserFactory()
    code = code_for(user)
    said = at_once(*(partial(take_code, code, 1000 + n) for n in range(12)), refusals=WrongCode)
    assert said.count(user) == 1
    assert sum(isinstance(one, WrongCode) for one in said) == 11
    assert chats() == {user.pk: 1000 + said.index(user)}
    assert Revision.objects.filter(action="telegram-link").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_people_from_one_chat_at_once_leave_it_to_one():
    people = [f.UserFactory() for _ in range(8)]
    codes = [code_for(person) for person in people]
    said = at_once(*(partial(take_code, code, 77) for code in codes))
    assert set(said) == set(people)  # nobody gets an error: who came last has it
    assert sorted(chats().values(), key=str) == [77] + [None] * 7


@pytest.mark.django_db(transaction=True)
def test_two_people_who_swap_chats_at_once_do_not_lock_each_other_out():
    first, second = f.UserFactory(), f.UserFactory()
    for chats_now in ((1, 2), (2, 1)) * 4:
        codes = [code_for(first), code_for(second)]
        pairs = list(zip(codes, chats_now, strict=True))
        at_once(*(partial(take_code, *pair) for pair in pairs), refusals=WrongCode)
        # Whichever came second takes its chat; the other one's was taken before or is still its own.
        assert len(set(chats().values()) - {None}) >= 1


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_one_code_does_link_twice(monkeypatch):
    """The race is real: an unlocked look lets two chats use the same code."""
    user = f.UserFactory()
    code = code_for(user)
    both = Barrier(2)

    def careless(said):
        row = TelegramChat.objects.select_related("user").filter(code_hash=hash_of(said)).first()
        both.wait(5)
        return row

    monkeypatch.setattr(linking, "_row_of", careless)
    monkeypatch.setattr(linking, "_one_at_a_time", lambda: None)
    monkeypatch.setattr(linking, "_fresh", lambda rows: rows)
    assert at_once(partial(take_code, code, 1), partial(take_code, code, 2)) == [user, user]
    assert Revision.objects.filter(action="telegram-link").count() == 2
