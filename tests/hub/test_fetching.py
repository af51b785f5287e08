"""The way out: public addresses only, one look-up, few redirects, so many bytes and so much time. Real servers."""

import gzip
import socket
import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub import fetching
from hub.fetching import Fault, FetchFailed, fetch, is_public
from tests.remote_site import answer

#: A network of a test must not decide how long it waits.
SOON = 1.0


@contextmanager
def refused(fault: Fault):
    with pytest.raises(FetchFailed) as told:
        yield
    assert told.value.fault == fault
    assert str(told.value) == fault.label


def get(url, **more):
    return fetch(url, **({"max_bytes": 100_000, "seconds": SOON} | more))


def test_what_is_asked_and_what_comes(site):
    url = site.put("/feed.ics", "BEGIN:VCALENDAR", ETag='"v1"', Last_Modified="Mon, 16 Nov 2026 10:00:00 GMT")
    found = get(url)
    assert (found.content, found.etag) == (b"BEGIN:VCALENDAR", '"v1"')
    get(url, etag=found.etag, last_modified=found.last_modified)
    (_, first), (_, second) = site.asked
    assert set(first) == {"Host", "Connection", "User-Agent", "Accept", "Accept-Encoding"}
    assert first["Host"] == site.host
    assert second["If-None-Match"] == '"v1"'
    assert second["If-Modified-Since"] == "Mon, 16 Nov 2026 10:00:00 GMT"


def test_nothing_new_is_not_sent_again(site):
    site.pages["/feed.ics"] = lambda handler: answer(handler, b"", 304, ETag='"v1"')
    assert get(f"{site.url}/feed.ics", etag='"v1"').content is None


def test_cookies_of_one_answer_are_not_sent_with_the_next_question(site):
    site.pages["/"] = lambda handler: answer(handler, b"", 302, Location="/feed", Set_Cookie="a=b; Path=/")
    site.put("/feed", "yes")
    assert get(f"{site.url}/").content == b"yes"
    assert "Cookie" not in site.asked[1][1]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (401, Fault.NEEDS_LOGIN),
        (403, Fault.NEEDS_LOGIN),
        (404, Fault.GONE),
        (410, Fault.GONE),
        (429, Fault.BUSY),
        (500, Fault.BROKEN),
        (204, Fault.BROKEN),
    ],
)
def test_answers_that_are_none(site, code, fault):
    url = site.put("/feed", "", code)
    with refused(fault):
        get(url)


# --- where to ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    100.127.255.255 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 fe80::1 fe80::1%1 fc00::1 fd12::1 ff02::1 fec0::1
    2001:db8::1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808
    2001:0:4136:e378:8000:63bf:3fff:fdd2 100::1""".split(),
)
def test_addresses_that_are_nobodys_business(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    "8.8.8.8 77.88.8.8 2a02:6b8::feed:ff ::ffff:8.8.8.8 2002:808:808:: 64:ff9b::808:808".split(),
)
def test_addresses_of_the_open_internet(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1/feed", Fault.PRIVATE),
        ("http://localhost/feed", Fault.PRIVATE),
        ("http://[::1]/feed", Fault.PRIVATE),
        ("http://[::ffff:127.0.0.1]/feed", Fault.PRIVATE),
        ("http://169.254.169.254/latest/meta-data/", Fault.PRIVATE),
        ("http://127.0.0.1./feed", Fault.PRIVATE),
        ("http://2130706433/feed", Fault.BAD_ADDRESS),
        ("http://0x7f000001/feed", Fault.BAD_ADDRESS),
        ("http://0177.0.0.1/feed", Fault.BAD_ADDRESS),
        ("http://127.1/feed", Fault.BAD_ADDRESS),
        ("http://127.0.0.1:6379/", Fault.BAD_ADDRESS),
        ("http://example.org:22/", Fault.BAD_ADDRESS),
        ("ftp://example.org/feed", Fault.BAD_ADDRESS),
        ("file:///etc/passwd", Fault.BAD_ADDRESS),
        ("gopher://example.org/", Fault.BAD_ADDRESS),
        ("https:///feed", Fault.BAD_ADDRESS),
        ("not an address", Fault.BAD_ADDRESS),
        ("http://[::1", Fault.BAD_ADDRESS),
        ("http://exa\nmple.org/", Fault.BAD_ADDRESS),
        ("http://example.org:99999/", Fault.BAD_ADDRESS),
        ("https://leader:secret@example.org/feed", Fault.CREDENTIALS),
        ("http://no-such-host.invalid/feed", Fault.UNKNOWN_HOST),
    ],
)
def test_addresses_that_are_not_asked(url, fault):
    with refused(fault):
        get(url)


def test_what_a_name_leads_to_is_looked_up_once_and_connected_to(site, settings, monkeypatch):
    """Rebinding: a name that is public when looked at and inside when connected to."""
    port = int(site.host.rpartition(":")[2])
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_PORTS = [], [port]
    site.put("/feed", "inside")
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    asked, connected = [], []

    def resolver(host, port):
        asked.append(host)
        return next(answers)

    def connect(address, *args, **more):
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(fetching, "resolve", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    with refused(Fault.UNREACHABLE):
        get(f"http://rebinding.example:{port}/feed")
    assert (asked, connected, site.asked) == (["rebinding.example"], ["8.8.8.8"], [])


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(fetching, "resolve", lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with refused(Fault.PRIVATE):
        get("http://mixed.example/feed")


def test_the_name_goes_along_while_the_address_is_connected_to(site, settings, monkeypatch):
    port = site.host.rpartition(":")[2]
    settings.FETCH_ALLOWED_HOSTS = ["calendar.example"]
    monkeypatch.setattr(fetching, "resolve", lambda host, port: ["127.0.0.1"])
    site.put("/feed", "yes")
    assert get(f"http://calendar.example:{port}/feed").content == b"yes"
    assert site.asked[0][1]["Host"] == f"calendar.example:{port}"


@pytest.fixture
def secure(tmp_path, site, monkeypatch, settings):
    """The site behind TLS under a certificate for «calendar.example», which we trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "calendar.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("calendar.example")]), False)
    made = made.sign(key, hashes.SHA256())
    pem = tmp_path / "site.pem"
    plain = serialization.NoEncryption()
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(pem)
    site.server.socket = theirs.wrap_socket(site.server.socket, server_side=True)
    ours = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(fetching, "_tls", lambda: ours)
    monkeypatch.setattr(fetching, "resolve", lambda host, port: ["127.0.0.1"])
    settings.FETCH_ALLOWED_HOSTS = ["calendar.example", "other.example"]
    return site.host.rpartition(":")[2]


def test_who_answers_must_be_who_was_asked(secure, site):
    """The connection goes to an address, the certificate is held against the name."""
    site.put("/feed", "yes")
    assert get(f"https://calendar.example:{secure}/feed", seconds=5).content == b"yes"
    with refused(Fault.UNREACHABLE):
        get(f"https://other.example:{secure}/feed", seconds=5)


def test_a_drip_behind_tls_is_cut_off_as_well(secure, site):
    site.pages["/feed"] = drip_head
    began = time.monotonic()
    with refused(Fault.TOO_SLOW):
        get(f"https://calendar.example:{secure}/feed", seconds=0.8)
    assert time.monotonic() - began < 3


def test_a_resolver_that_hangs(monkeypatch):
    monkeypatch.setattr(fetching, "resolve", lambda host, port: time.sleep(5))
    began = time.monotonic()
    with refused(Fault.TOO_SLOW):
        get("http://slow.example/feed", seconds=0.3)
    assert time.monotonic() - began < 3


# --- redirects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "fault"),
    [
        ("http://127.0.0.1/inner", Fault.PRIVATE),
        ("http://[::1]/inner", Fault.PRIVATE),
        ("http://169.254.169.254/", Fault.PRIVATE),
        ("http://0x7f.1/", Fault.BAD_ADDRESS),
        ("file:///etc/passwd", Fault.BAD_ADDRESS),
        ("http://a:b@example.org/", Fault.CREDENTIALS),
    ],
)
def test_each_redirect_is_looked_at(site, there, fault):
    url = site.put("/feed", "", 302, Location=there)
    with refused(fault):
        get(url)


def test_a_secret_address_does_not_go_on_in_the_open():
    with refused(Fault.OPEN):
        fetching._checked("http://example.org/", came_from=fetching._checked("https://example.org/"))


def test_a_circle_of_redirects(site):
    url = site.put("/feed", "", 301, Location="/feed")
    with refused(Fault.TOO_MANY_REDIRECTS):
        get(url)
    assert len(site.asked) == fetching.REDIRECTS + 1


# --- bytes and time ---------------------------------------------------------------------------------


def drip_body(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.closing.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def drip_head(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.closing.wait(0.05):
        handler.wfile.write(b"X-A: b\r\n")
        handler.wfile.flush()


def hang(handler):
    handler.closing.wait(10)


def endless(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.closing.is_set():
        handler.wfile.write(b"x" * 65536)


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (drip_body, Fault.TOO_SLOW),
        (drip_head, Fault.TOO_SLOW),
        (hang, Fault.TOO_SLOW),
        (endless, Fault.TOO_LARGE),
    ],
)
def test_servers_that_would_keep_us(site, page, fault):
    site.pages["/feed"] = page
    began = time.monotonic()
    with refused(fault):
        get(f"{site.url}/feed", seconds=0.6)
    assert time.monotonic() - began < 3


def test_packed_answers(site):
    url = site.put("/feed", gzip.compress(b"BEGIN:VCALENDAR" * 20), Content_Encoding="gzip")
    assert get(url).content == b"BEGIN:VCALENDAR" * 20


def test_a_packed_bomb(site):
    bomb = gzip.compress(b"0" * 200_000_000)
    assert len(bomb) < 250_000
    url = site.put("/feed", bomb, Content_Encoding="gzip")
    with refused(Fault.TOO_LARGE):
        get(url, max_bytes=1_000_000, seconds=5)


@pytest.mark.parametrize(
    ("body", "packed"),
    [
        (b"BEGIN:VCALENDAR", "gzip"),
        (gzip.compress(b"BEGIN:VCALENDAR" * 900)[:-30], "gzip"),
        (b"BEGIN:VCALENDAR", "br"),
        (gzip.compress(b"x"), "gzip, gzip"),
    ],
    ids=["not-packed", "cut-off", "unknown", "twice"],
)
def test_answers_that_cannot_be_unpacked(site, body, packed):
    url = site.put("/feed", body, Content_Encoding=packed)
    with refused(Fault.UNREADABLE):
        get(url)


def test_an_answer_that_is_cut_off(site):
    def cut(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nBEGIN")
        handler.close_connection = True

    site.pages["/feed"] = cut
    with refused(Fault.UNREACHABLE):
        get(f"{site.url}/feed")
