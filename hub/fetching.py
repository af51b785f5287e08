"""The one way out to addresses that people give us: remote calendars, counters.

A name is resolved once, and the connection goes to that very address if it is a public one; each redirect is
looked at anew. Bytes (as they come and unpacked) and the time of all together are capped. Nothing of ours is
sent along: no cookies, no credentials, no Referer, no proxy of the environment.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any

import httpx2
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

USER_AGENT = "CommunityHub/1.0 (calendar reader)"
#: How many times one address may send us to another.
REDIRECTS = 4
PORTS = {"http": 80, "https": 443}
#: So many addresses of a name are tried.
ADDRESSES = 3
#: A validator longer than that is not kept.
VALIDATOR = 400

#: What no reader has to do with, besides what `is_global` leaves out.
_REFUSED = [
    ip_network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
#: Nets whose addresses carry an IPv4 one in their last (or middle) bytes.
_NAT64 = ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")


class Fault(TextChoices):
    """Why nothing came of it, in the words of whoever gave the address."""

    BAD_ADDRESS = (
        "bad_address",
        _("Это не похоже на адрес в интернете. Скопируйте ссылку целиком, с https://."),
    )
    CREDENTIALS = (
        "credentials",
        _("В ссылке есть имя и пароль. Так подключать нельзя: возьмите в программе ссылку без пароля."),
    )
    PRIVATE = (
        "private",
        _("Адрес ведёт во внутреннюю сеть. Нужна ссылка, которая открывается из интернета."),
    )
    UNKNOWN_HOST = "unknown_host", _("Такого сайта нет. Проверьте, нет ли в ссылке опечатки.")
    UNREACHABLE = "unreachable", _("Сайт не отвечает. Портал попробует ещё раз сам.")
    TOO_SLOW = "too_slow", _("Сайт отвечает слишком долго. Портал попробует ещё раз сам.")
    TOO_LARGE = "too_large", _("Ответ слишком большой. Уберите из календаря старое или разделите его.")
    TOO_MANY_REDIRECTS = (
        "redirects",
        _("Ссылка водит по кругу. Откройте её в браузере и скопируйте адрес, на который она приведёт."),
    )
    OPEN = "open", _("Ссылка уводит с защищённого адреса (https) на открытый (http). Возьмите другую ссылку.")
    NEEDS_LOGIN = (
        "needs_login",
        _(
            "Сайт просит войти. Откройте к календарю общий доступ или возьмите закрытую ссылку в формате iCal."
        ),
    )
    GONE = "gone", _("По этой ссылке больше ничего нет. Возьмите в программе новую ссылку.")
    BUSY = "busy", _("Сайт просит подождать. Портал попробует ещё раз сам.")
    BROKEN = "broken", _("На сайте ошибка. Портал попробует ещё раз сам.")
    UNREADABLE = "unreadable", _("Ответ сайта не читается: он сжат или оборван непонятным образом.")


class FetchFailed(Exception):
    """Nothing was fetched; `fault` says why, and as a text it is for a person."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.label))
        self.fault = fault


@dataclass(frozen=True)
class Fetched:
    """What came: `content` is None when the source says that nothing has changed."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""
    url: str = ""


def fetch(
    url: str,
    *,
    max_bytes: int,
    seconds: float = 20,
    accept: str = "*/*",
    etag: str = "",
    last_modified: str = "",
) -> Fetched:
    """What stands at `url`. Raises FetchFailed.

    `seconds` is for all of it: looking up names, redirects, the last byte. With `etag` or `last_modified` of
    the last time, a source that has nothing new need not send it again.
    """
    until = monotonic() + seconds
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
    headers |= {name: value for name, value in asked.items() if value}
    here = _checked(url)
    for _turn in range(REDIRECTS + 1):
        with _asked(here, headers, until) as response:
            if not response.has_redirect_location:
                return _taken(response, here, max_bytes, until)
            here = _checked(_next(here, response), came_from=here)
    raise FetchFailed(Fault.TOO_MANY_REDIRECTS)


def tidy(url: str) -> str:
    """The address as it is kept and compared, «президент.рф» as the network writes it. Raises FetchFailed."""
    return str(_checked(url))


# --- the address -----------------------------------------------------------------------------------


def _checked(url: str, came_from: httpx2.URL | None = None) -> httpx2.URL:
    """The address, if it is one that we may ask. Raises FetchFailed."""
    try:
        address = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise FetchFailed(Fault.BAD_ADDRESS) from None
    if address.scheme not in PORTS or not address.host:
        raise FetchFailed(Fault.BAD_ADDRESS)
    if address.userinfo:
        raise FetchFailed(Fault.CREDENTIALS)
    # A secret in the address must not go on in the open.
    if came_from is not None and came_from.scheme == "https" and address.scheme == "http":
        raise FetchFailed(Fault.OPEN)
    if not _is_allowed(address) and _port(address) not in {*PORTS.values(), *settings.FETCH_PORTS}:
        raise FetchFailed(Fault.BAD_ADDRESS)
    return address.copy_with(fragment=None)


def _port(address: httpx2.URL) -> int:
    return address.port or PORTS[address.scheme]


def _host(address: httpx2.URL) -> str:
    """The name as the network knows it: «xn--…» for one in Cyrillic."""
    return address.raw_host.decode("ascii")


def _is_allowed(address: httpx2.URL) -> bool:
    """Named by the settings, wherever it leads: a test's own server, never anything in production."""
    host, allowed = _host(address), settings.FETCH_ALLOWED_HOSTS
    return host in allowed or f"{host}:{_port(address)}" in allowed


def _next(here: httpx2.URL, response: httpx2.Response) -> str:
    try:
        return str(here.join(response.headers.get("Location", "")))
    except (httpx2.InvalidURL, ValueError):
        raise FetchFailed(Fault.BAD_ADDRESS) from None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the open internet, also one that is wrapped into another."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        for inner in _wrapped(address):
            return is_public(inner)
    inside = any(address.version == net.version and address in net for net in _REFUSED)
    return address.is_global and not address.is_multicast and not inside


def _wrapped(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield IPv4Address("0.0.0.0")  # whatever it carries, nobody publishes a calendar there
    elif address in _NAT64[0]:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    elif address in _NAT64[1]:
        yield IPv4Address("0.0.0.0")


def _addresses(address: httpx2.URL, until: float) -> list[str]:
    """Where to connect to: looked up once, every one of them public. Raises FetchFailed."""
    host = _host(address).rstrip(".")
    # «2130706433», «0x7f.1», «0177.0.0.1»: not a name, and not an address as people write it.
    if re.fullmatch(r"(?:.*\.)?(?:\d+|0x[\da-f]*)", host, re.IGNORECASE):
        try:
            ip_address(host)
        except ValueError:
            raise FetchFailed(Fault.BAD_ADDRESS) from None
    found = _looked_up(host, _port(address), until)
    if not _is_allowed(address) and not all(is_public(ip_address(one)) for one in found):
        raise FetchFailed(Fault.PRIVATE)
    # Those of IPv4 first: not every machine has a way out by IPv6.
    return sorted(found, key=lambda one: ":" in one)[:ADDRESSES]


def _looked_up(host: str, port: int, until: float) -> list[str]:
    """Addresses of `host`. A resolver that hangs is left to itself when the time is over."""
    told: list[Any] = []

    def ask() -> None:
        try:
            told.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            told.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, until - monotonic()))
    if not told:
        raise FetchFailed(Fault.TOO_SLOW)
    if isinstance(told[0], Exception) or not told[0]:
        raise FetchFailed(Fault.UNKNOWN_HOST)
    return list(dict.fromkeys(told[0]))


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises OSError."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in rows]


# --- asking ----------------------------------------------------------------------------------------


@contextmanager
def _asked(address: httpx2.URL, headers: dict[str, str], until: float) -> Iterator[httpx2.Response]:
    """The head of the answer, its body still to be read. Raises FetchFailed."""
    fault = Fault.UNREACHABLE
    for pinned in _addresses(address, until):
        left = until - monotonic()
        if left <= 0:
            break
        # A client of its own each time: nothing of an earlier answer, no cookie either, is kept.
        client = httpx2.Client(verify=_tls(), trust_env=False, follow_redirects=False, timeout=left)
        with _cut_off_at(until) as on_event, client:
            request = client.build_request(
                "GET",
                address.copy_with(host=pinned),
                headers={"Host": address.netloc.decode("ascii"), **headers},
                extensions={"sni_hostname": _host(address), "trace": on_event},
            )
            try:
                response = client.send(request, stream=True)
            except httpx2.ConnectError:
                continue  # perhaps another of its addresses answers
            except httpx2.HTTPError as error:
                fault = _fault_of(error, until)
                break
            try:
                yield response
            except httpx2.HTTPError as error:
                raise FetchFailed(_fault_of(error, until)) from None
            return
    raise FetchFailed(Fault.TOO_SLOW if monotonic() >= until else fault)


@cache
def _tls() -> ssl.SSLContext:
    """Whom we believe to be who they say they are; the list is read once."""
    return httpx2.create_ssl_context(trust_env=False)


def _fault_of(error: httpx2.HTTPError, until: float) -> Fault:
    if isinstance(error, httpx2.TimeoutException) or monotonic() >= until:
        return Fault.TOO_SLOW
    return Fault.UNREACHABLE


@contextmanager
def _cut_off_at(until: float) -> Iterator[Any]:
    """Cut the connection when the time is over, however busily its other end drips; yields what is to be told of it."""
    sockets: list[socket.socket] = []

    def on_event(name: str, info: dict[str, Any]) -> None:
        if name == "connection.connect_tcp.complete":
            # A number of our own: encryption takes the socket itself away.
            number = info["return_value"].get_extra_info("socket").fileno()
            sockets.append(socket.socket(fileno=os.dup(number)))

    def cut() -> None:
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield on_event
    finally:
        timer.cancel()
        for one in sockets:
            one.close()


# --- taking ----------------------------------------------------------------------------------------


def _taken(response: httpx2.Response, address: httpx2.URL, max_bytes: int, until: float) -> Fetched:
    """The answer, if it is a good one. Raises FetchFailed."""
    code = response.status_code
    if code == 304:
        return Fetched(None, url=str(address))
    if code != 200:
        raise FetchFailed(_fault_of_code(code))
    content = b"".join(_pieces(response, max_bytes, until))
    told = response.headers
    etag, changed = told.get("ETag", ""), told.get("Last-Modified", "")
    return Fetched(
        content,
        etag=etag if len(etag) <= VALIDATOR else "",
        last_modified=changed if len(changed) <= VALIDATOR else "",
        url=str(address),
    )


def _fault_of_code(code: int) -> Fault:
    if code in (401, 403, 407):
        return Fault.NEEDS_LOGIN
    if code in (404, 410):
        return Fault.GONE
    return Fault.BUSY if code in (429, 503) else Fault.BROKEN


def _pieces(response: httpx2.Response, max_bytes: int, until: float) -> Iterator[bytes]:
    """The body, unpacked piece by piece and never further than what is allowed."""
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise FetchFailed(Fault.UNREADABLE)
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed in ("gzip", "x-gzip") else None
    came = made = 0
    for raw in response.iter_raw():
        if monotonic() > until:
            raise FetchFailed(Fault.TOO_SLOW)
        came += len(raw)
        piece = raw if unpack is None else _unpacked(unpack, raw, max_bytes - made + 1)
        made += len(piece)
        if came > max_bytes or made > max_bytes:
            raise FetchFailed(Fault.TOO_LARGE)
        yield piece
    if monotonic() > until:  # cut off by us, which may look like an end
        raise FetchFailed(Fault.TOO_SLOW)
    if unpack is not None and came and not unpack.eof:
        raise FetchFailed(Fault.UNREADABLE)


def _unpacked(unpack: Any, raw: bytes, at_most: int) -> bytes:
    try:
        return bytes(unpack.decompress(raw, at_most))
    except zlib.error:
        raise FetchFailed(Fault.UNREADABLE) from None
