"""Letters by SMTP, many over one connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

from django.core.mail import get_connection

from hub.models import Delivery
from hub.outbox.channels import Away, Passing, Rejected, Send
from hub.outbox.letters import email_of


class Email:
    @contextmanager
    def open(self) -> Iterator[Send]:
        """Raises Away when the mail server does not let us in."""
        connection = get_connection()
        try:
            connection.open()
        except (SMTPException, OSError) as error:
            raise Away(_reason(error)) from error

        def send(delivery: Delivery) -> None:
            letter = email_of(delivery)
            try:
                connection.send_messages([letter])
            except SMTPRecipientsRefused as error:
                codes = {code for code, _words in error.recipients.values()}
                _raise(error, codes)
            except (SMTPSenderRefused, SMTPDataError) as error:
                _raise(error, {error.smtp_code})
            except (SMTPException, OSError) as error:
                # What the server made of it nobody knows: the connection is of no more use.
                raise Away(_reason(error)) from error

        try:
            yield send
        finally:
            _close(connection)


def _raise(error: SMTPException, codes: set[int]) -> None:
    if codes and all(code >= 500 for code in codes):
        raise Rejected(_reason(error)) from error
    raise Passing(_reason(error)) from error


def _close(connection: Any) -> None:
    with suppress(SMTPException, OSError):
        connection.close()


def _reason(error: Exception) -> str:
    # The server's own words may quote the address: keep the kind and the code.
    code: Any = getattr(error, "smtp_code", "") if isinstance(error, SMTPResponseException) else ""
    if isinstance(error, SMTPRecipientsRefused):
        code = " ".join(str(code) for code, _words in error.recipients.values())
    if isinstance(error, SMTPServerDisconnected):
        code = "disconnected"
    return f"{type(error).__name__} {code}".strip()
