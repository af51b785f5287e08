"""The demo city's letters, kept as a mail server would: one file each in a Maildir.

Above a letter stand two lines of ours, taken from the envelope and before anything that the letter says
of itself: whom it was delivered to, and of what kind it is.
"""

from __future__ import annotations

import mailbox
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

#: Letters that are kept: a demo may stand for months.
KEPT = 1000
#: What nobody named; those who may read letters of sign-in may read it, and nobody else.
UNKNOWN = "account"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Stamp:
    """What is known of a letter before it is opened."""

    key: str
    to: str
    kind: str
    at: datetime


def make(base: Path) -> None:
    """An empty box, unless there is one."""
    mailbox.Maildir(base)


def keep(base: Path, receivers: Iterable[str], letter: bytes) -> None:
    """Put a copy for each of `receivers` into the box; the oldest letters make room."""
    box = mailbox.Maildir(base)
    kind = _kind(letter)
    for receiver in receivers:
        head = f"Delivered-To: {_line(receiver)}\nX-Letter-Kind: {_line(kind)}\n"
        box.add(head.encode(errors="replace") + letter)
    for path in _files(base)[KEPT:]:
        path.unlink(missing_ok=True)


def stamps(base: Path) -> list[Stamp]:
    """All letters, the newest first."""
    found = []
    for path in _files(base):
        with suppress(OSError), path.open("rb") as file:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            to, kind = (file.readline().decode(errors="replace").partition(": ")[2].strip() for _ in "12")
            found.append(Stamp(path.name, to, kind, at))
    return found


def read(base: Path, key: str) -> bytes | None:
    """A letter by the key of its stamp, without our own lines."""
    with suppress(OSError):
        if key in os.listdir(base / "new"):  # so it is a name and no path
            return (base / "new" / key).read_bytes().split(b"\n", 2)[2]
    return None


def parse(letter: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(letter)  # type: ignore[return-value]


def header(message: EmailMessage, name: str) -> str:
    """A header as one line of text; "" when there is none, or nobody can make sense of it."""
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        return _line(str(message.get(name, "")))
    return ""


def part(message: EmailMessage, kind: str) -> str:
    """The letter's text as "plain" or "html"; "" when it has none."""
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        if body := message.get_body(preferencelist=(kind,)):  # type: ignore[arg-type]
            return str(body.get_content())
    return ""


def _files(base: Path) -> list[Path]:
    """Newest first."""
    found = []
    with suppress(FileNotFoundError), os.scandir(base / "new") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # it has just made room
                found.append((entry.stat().st_mtime_ns, entry.name))
    return [base / "new" / name for _at, name in sorted(found, reverse=True)]


def _kind(letter: bytes) -> str:
    said = BytesHeaderParser().parsebytes(letter).get_all("X-Notification-Kind", [])
    return str(said[0]).strip() if len(said) == 1 else UNKNOWN


def _line(text: str) -> str:
    return _CONTROLS.sub(" ", text).strip()
