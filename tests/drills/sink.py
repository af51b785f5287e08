"""A mail server that obeys: what it does with the next letter stands in a file.

python -m tests.drills.sink PORT DIRECTORY

DIRECTORY/mode holds ok, 451, 550, hang or cut; DIRECTORY/accepted gets a line for each letter that was
told OK: its Message-ID. A letter whose address begins with "refused" is refused for ever in any mode.
"""

from __future__ import annotations

import asyncio
import email
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HANG = 60


class Obeying:
    """Handler of aiosmtpd."""

    def __init__(self, directory: Path) -> None:
        self.mode = directory / "mode"
        self.accepted = (directory / "accepted").open("a", buffering=1)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        match self.mode.read_text().strip():
            case "451":
                return "451 4.7.1 greylisted, come again"
            case "550":
                return "550 5.7.1 not wanted"
            case "hang":
                await asyncio.sleep(HANG)
            case "cut":
                server.transport.abort()
                return "451 never read"
        letter = email.message_from_bytes(envelope.content)
        self.accepted.write(f"{letter['Message-ID']}\n")
        return "250 OK"


async def serve(port: int, directory: Path) -> None:
    handler = Obeying(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
