"""A Telegram of the tests' own: a real HTTP server that speaks as much of the Bot API as we use.

Updates are handed out until they are confirmed; what the bot says is kept. `faults` makes it answer
with an error, stay silent or cut the connection. `Proxy` stands in between and counts.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TOKEN = "862:AAH-canary-of-the-token_35-characters"

#: (method, parameters) → (status, answer), or "hang", "cut", "page"; None: as usual.
Fault = Callable[[str, dict[str, Any]], Any]


def error(code: int, words: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    more = {"parameters": parameters} if parameters else {}
    return code, {"ok": False, "error_code": code, "description": words, **more}


@dataclass
class TelegramAPI:
    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    fault: Fault = lambda method, params: None
    number: int = 100
    lock: Any = field(default_factory=threading.Lock)

    def write(self, chat: int, text: str, kind: str = "private") -> int:
        """Somebody writes to the bot."""
        message = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": kind}, "text": text}
        message["from"] = {"id": chat, "first_name": "Канарейка", "username": "kanareika"}
        return self.push(message=message)

    def block(self, chat: int) -> int:
        member = {"chat": {"id": chat, "type": "private"}, "new_chat_member": {"status": "kicked"}}
        return self.push(my_chat_member=member)

    def push(self, **update: Any) -> int:
        with self.lock:
            self.number += 1
            self.updates.append({"update_id": self.number, **update})
            return self.number

    def said_to(self, chat: int) -> list[str]:
        return [message["text"] for message in self.sent if message["chat_id"] == chat]

    def answer(self, method: str, params: dict[str, Any]) -> Any:
        with self.lock:
            self.calls.append(method)
        if (fault := self.fault(method, params)) is not None:
            return fault
        with self.lock:
            if method == "getUpdates":
                self.updates = [u for u in self.updates if u["update_id"] >= params.get("offset", 0)]
                return 200, {"ok": True, "result": self.updates[: params.get("limit", 100)]}
            if method == "sendMessage":
                self.sent.append(params)
                return 200, {"ok": True, "result": {"message_id": len(self.sent)}}
        return error(404, "Not Found")


@contextmanager
def telegram_api() -> Iterator[TelegramAPI]:
    """The API at its `url`, gone at the end."""
    api = TelegramAPI()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            params = json.loads(self.rfile.read(length) or "{}")
            api.connections.add(self.client_address)
            path = urlsplit(self.path).path
            token, method = path.removeprefix("/bot").split("/", 1)
            found = api.answer(method, params) if token == TOKEN else error(401, "Unauthorized")
            if found == "hang":
                time.sleep(3)
                found = "cut"
            if found == "cut":
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, answer = (200, "<html>Войдите в сеть</html>") if found == "page" else found
            body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The tests' output is for the tests."""

    with _serving(Handler) as url:
        api.url = url
        yield api


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """An HTTP proxy: its address, and whatever it was asked to bring."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            there = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with socket.create_connection((there.hostname, there.port), timeout=5) as server:
                head = f"POST {there.path} HTTP/1.1\r\nHost: {there.netloc}\r\nConnection: close\r\n"
                server.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                server.shutdown(socket.SHUT_WR)
                while part := server.recv(65536):
                    self.wfile.write(part)

        def log_message(self, format: str, *args: object) -> None:
            """As above."""

    with _serving(Handler) as url:
        yield url, asked


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
