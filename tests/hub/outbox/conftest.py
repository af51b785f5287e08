"""Letters of the tests' own: what is told is nobody's business here."""

import pytest

from hub.outbox import declare, notify
from tests import factories as f

GREETING = declare("greeting", "Привет", "Вы в тесте.")
CALL = declare("call", "Зовём", "Вы в тесте.", needs_act=True)
WORDS = (
    "{% partialdef subject %}Привет{% endpartialdef %}"
    "{% partialdef text %}{{ text }}{% endpartialdef %}"
    "{% partialdef action %}Открыть{% endpartialdef %}"
)


@pytest.fixture
def letters(settings, tmp_path):
    (tmp_path / "mail").mkdir()
    for kind in (GREETING, CALL):
        (tmp_path / "mail" / f"{kind.code}.txt").write_text(WORDS, encoding="utf-8")
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]} for engine in settings.TEMPLATES]


@pytest.fixture
def greet(letters):
    def write(key="greeting:1", kind=GREETING, **more):
        if not more.keys() & {"user", "email"}:
            more["user"] = f.UserFactory()
        more.setdefault("context", {"text": "Первая встреча в субботу."})
        notify(kind, key=key, branch=f.BranchFactory(), **more)

    return write
