"""The demo city's mail server: takes every letter and lets none out.

python -m hub.catcher SOCKET DIRECTORY     SOCKET is the number of an inherited, listening socket
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from hub import postbox


class Lenient(SMTP):
    """Our letters break their lines; what else comes in is kept as well."""

    line_length_limit = 1024 * 1024


class Catcher:
    def __init__(self, base: Path) -> None:
        self.base = base

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        letter = envelope.original_content or b""
        await asyncio.to_thread(postbox.keep, self.base, envelope.rcpt_tos, letter)
        return "250 Kept"


async def catch(listening: socket.socket, base: Path) -> None:
    postbox.make(base)
    loop = asyncio.get_running_loop()

    def answer() -> SMTP:
        # A name that is given is not looked up.
        return Lenient(
            Catcher(base), hostname="localhost", enable_SMTPUTF8=True, data_size_limit=10 * 2**20, loop=loop
        )

    server = await loop.create_server(answer, sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    number, directory = sys.argv[1:]
    asyncio.run(catch(socket.socket(fileno=int(number)), Path(directory)))
