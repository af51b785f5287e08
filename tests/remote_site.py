"""A foreign site of the tests' own: a real HTTP server whose pages are functions, and a count of what was asked.

Loaded by `-p tests.remote_site`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Site:
    """`pages`: path → what answers there, given the handler. `asked`: paths with their headers."""

    url: str = ""
    host: str = ""
    pages: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    server: Any = None

    def put(self, path: str, body: bytes | str, code: int = 200, **headers: str) -> str:
        """A page that is always the same; its address."""
        self.pages[path] = lambda handler: answer(handler, body, code, **headers)
        return self.url + path


def answer(handler: Any, body: bytes | str = b"", code: int = 200, **headers: str) -> None:
    data = body.encode() if isinstance(body, str) else body
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    """The site at its `url`, which the portal may read; gone at the end, and nobody hangs on after that."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            self.closing = site.closing
            page = site.pages.get(self.path) or (lambda handler: answer(handler, "нет", 404))
            # The other side may have had enough long before we are through.
            with suppress(OSError):
                page(self)

        def log_message(self, format: str, *args: object) -> None:
            """The tests' output is for the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    site.server = server
    site.host = f"127.0.0.1:{server.server_port}"
    site.url = f"http://{site.host}"
    settings.FETCH_ALLOWED_HOSTS = [site.host]
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        server.server_close()
