"""The demo's mail server, as a process of its own: it takes over SMTP whatever comes, and keeps it whole."""

import os
import smtplib
from contextlib import ExitStack, closing
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from hub import demo, postbox


@pytest.fixture
def mail(tmp_path):
    """The catcher as the demo starts it: its port, and its box."""
    env = {**os.environ, "DATA_DIR": str(tmp_path)}
    with ExitStack() as stack:
        process = demo._catch_mail(stack, env)
        yield urlsplit(env["EMAIL_URL"]).port, tmp_path / "mail"
        assert process.poll() is None
    assert process.returncode == -SIGTERM


def send(
    port: int, letter: bytes, to="ольга@пример.рф", sender="a@example.org", options=("SMTPUTF8",)
) -> None:
    with closing(smtplib.SMTP("127.0.0.1", port, timeout=30)) as server:
        server.sendmail(sender, [to] if isinstance(to, str) else to, letter, [*options, "BODY=8BITMIME"])


def only(box: Path):
    [stamp] = postbox.stamps(box)
    return stamp, postbox.read(box, stamp.key)


def test_a_letter_of_the_portal_comes_through_whole(mail):
    port, box = mail
    letter = EmailMultiAlternatives(
        "Анкета одобрена — «Тропа»",
        "Здравствуйте, Ольга!\n\n" + "Длинная строка без переноса. " * 200,
        "Центр Сообществ <noreply@localhost>",
        ["Ольга Тропинина <olga@demo.example>"],
        headers={"X-Notification-Kind": "census_approved", "Message-ID": "<1@sochi>"},
    )
    letter.attach_alternative("<p>Здравствуйте!</p>", "text/html")
    backend = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    assert backend.send_messages([letter]) == 1
    stamp, kept = only(box)
    assert (stamp.to, stamp.kind) == ("olga@demo.example", "census_approved")
    message = postbox.parse(kept)
    assert postbox.header(message, "Subject") == "Анкета одобрена — «Тропа»"
    assert "noreply@localhost" in postbox.header(message, "From")
    assert postbox.header(message, "Message-ID") == "<1@sochi>"
    assert postbox.part(message, "plain").count("Длинная строка") == 200
    assert "<p>Здравствуйте!</p>" in postbox.part(message, "html")


def test_eight_bits_and_lines_without_an_end(mail):
    port, box = mail
    body = "Ё".encode() * 20_000
    head = "Subject: Восемь бит\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".encode()
    send(port, head + body + b"\r\n.\r\n.. dots\r\n")
    message = postbox.parse(only(box)[1])
    text = postbox.part(message, "plain")
    assert text.startswith("Ё" * 20_000)
    assert text.splitlines()[1:] == [".", ".. dots"]


@pytest.mark.parametrize(
    "to",
    [
        "ольга@пример.рф",
        '"o b"@example.org',
        "o'b+tag@example.org",
        "../../etc/passwd@example.org",
        "a%0d%0ab@x.org",
    ],
)
def test_odd_addresses_are_kept_as_they_are(mail, to):
    port, box = mail
    send(port, b"Subject: x\r\n\r\ny\r\n", to)
    assert only(box)[0].to == to


def test_each_receiver_gets_a_copy(mail):
    port, box = mail
    send(port, b"Subject: x\r\n\r\ny\r\n", ["a@x.org", "b@x.org"])
    assert sorted(stamp.to for stamp in postbox.stamps(box)) == ["a@x.org", "b@x.org"]


def test_a_letter_cannot_say_of_itself_whose_it_is_or_where_to_lie(mail):
    port, box = mail
    letter = (
        b"Delivered-To: victim@x.org\r\nX-Letter-Kind: digest\r\nX-Notification-Kind: ../../../../tmp/evil\r\n"
        b"Message-ID: <../../../tmp/evil>\r\nSubject: ../evil\r\nFrom: /etc/passwd\r\n\r\ntext\r\n"
    )
    send(port, letter, "a@x.org")
    stamp, kept = only(box)
    assert stamp.to == "a@x.org"
    assert kept.startswith(b"Delivered-To: victim@x.org")
    assert {path.name for path in box.rglob("*") if path.is_file()} == {stamp.key}
    assert [path.name for path in box.parent.iterdir()] == ["mail"]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"X-Notification-Kind: digest\r\nX-Notification-Kind: account\r\n",
        b"x-notification-KIND: account\r\n",
    ],
)
def test_a_letter_of_no_clear_kind_is_kept_closed(mail, head):
    port, box = mail
    send(port, head + b"Subject: x\r\n\r\ny\r\n", "a@x.org")
    assert only(box)[0].kind == "account"


def test_too_much_is_refused_and_the_server_lives_on(mail):
    port, box = mail
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
        send(port, b"Subject: x\r\n\r\n" + b"y" * 998 * 11_000, "a@x.org")
    send(port, b"Subject: x\r\n\r\ny\r\n", "a@x.org")
    assert len(postbox.stamps(box)) == 1


def test_many_over_one_connection(mail):
    port, box = mail
    with closing(smtplib.SMTP("127.0.0.1", port)) as server:
        for number in range(40):
            server.sendmail("a@x.org", [f"{number}@x.org"], b"Subject: x\r\n\r\ny\r\n")
    assert len(postbox.stamps(box)) == 40


# --- the box ----------------------------------------------------------------------------------------


def test_the_oldest_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr(postbox, "KEPT", 3)
    for number in range(5):
        postbox.keep(tmp_path / "mail", [f"{number}@x.org"], b"Subject: x\n\ny\n")
    assert [stamp.to for stamp in postbox.stamps(tmp_path / "mail")] == ["4@x.org", "3@x.org", "2@x.org"]


def test_an_empty_or_missing_box_has_no_letters(tmp_path):
    assert postbox.stamps(tmp_path / "nothing") == []
    assert postbox.read(tmp_path / "nothing", "key") is None


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../secret", "/etc/passwd", "../new/../../secret", "%2e%2e/secret"]
)
def test_a_key_is_no_path(tmp_path, key):
    box = tmp_path / "mail"
    postbox.keep(box, ["a@x.org"], b"Subject: x\n\ny\n")
    (tmp_path / "secret").write_text("1\n2\n3")
    (box / "secret").write_text("1\n2\n3")
    assert postbox.read(box, key) is None


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-9?B?////?=\nTo: <@@,;>\nContent-Type: text/plain; charset=nonsense\n\n\xff",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n!!!",
        b"Subject:" + b" x" * 100_000 + b"\n\n",
        b"From: \"a\\\nMessage-ID: <[\n\n",
    ],
)  # fmt: skip
def test_nonsense_is_read_without_a_fault(letter):
    message = postbox.parse(letter)
    for name in ("From", "To", "Subject", "Message-ID", "List-Unsubscribe"):
        assert "\n" not in postbox.header(message, name)
    assert isinstance(postbox.part(message, "plain") + postbox.part(message, "html"), str)
