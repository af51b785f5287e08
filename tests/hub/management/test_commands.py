"""Commands that found a branch and give roles; they ask nothing and may be repeated."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hub.models import Branch, City, Revision, Role
from tests import factories as f

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    call_command(*words, stdout=(said := StringIO()))
    return said.getvalue()


def test_the_first_branch_answers_under_every_address():
    for _ in range(2):
        assert "готово" in run("create_branch", "--name=Сочи", "--slug=sochi", "--host=sochi.example.org")
    branch = Branch.objects.get()
    assert (branch.name, branch.host, branch.is_default) == ("Сочи", "sochi.example.org", True)
    assert City.objects.get().branch == branch
    run("create_branch", "--name=Казань", "--slug=kazan", "--host=kazan.example.org", "--name-in=в Казани")
    assert Branch.objects.get(is_default=True) == branch
    run("create_branch", "--name=Казань", "--slug=kazan", "--default")
    assert Branch.objects.get(is_default=True).slug == "kazan"


def test_a_wrong_branch_is_told_in_words():
    with pytest.raises(CommandError, match="Строчные латинские"):
        run("create_branch", "--name=Сочи", "--slug=sochi", "--host=so chi")
    assert not Branch.objects.exists()


def test_a_role_is_given_once_and_leaves_a_trace():
    user = f.UserFactory(email="olga@example.org")
    f.BranchFactory()
    for _ in range(2):
        assert "Координатор, Сочи" in run("grant_role", "Olga@example.org", "coordinator", "sochi")
    assert Role.objects.get().user == user
    assert Revision.objects.get().action == "grant-role"
    run("grant_role", "olga@example.org", "federal")
    run("grant_role", "olga@example.org", "superuser")
    user.refresh_from_db()
    assert user.is_superuser
    assert not user.is_staff  # until the second factor is there


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody@example.org", "coordinator", "sochi"), "сначала зарегистрируется"),
        (("olga@example.org", "coordinator", "omsk"), "Есть: sochi"),
        (("olga@example.org", "coordinator"), "с кодом отделения"),
        (("olga@example.org", "federal", "sochi"), "без отделения"),
    ],
)
def test_what_cannot_be_given_is_told(words, said):
    f.UserFactory(email="olga@example.org")
    f.BranchFactory()
    with pytest.raises(CommandError, match=said):
        run("grant_role", *words)
    assert not Role.objects.exists()
