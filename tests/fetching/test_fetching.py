"""One GET of a calendar: where it may go, what it takes, when it ends."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from summit_service import fetching, settings
from summit_service.errors import Invalid
from summit_service.fetching import Limits, Unfetched, client
from summit_service.fetching.addresses import is_public
from tests.calendar_server import CALENDAR, Server, answer, serving

LOCAL = Limits(http=True, local=True)
NO_WAY = (
    "calendar.example/… cannot be reached, or is no place that we fetch from. "
    "The address has to open for everybody on the internet, without signing in."
)
NAMED = "http://calendar.example/calendar.ics"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        yield made


def leads_to(*addresses: str) -> client.Resolver:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "203.0.113.5", "240.0.0.1",
        "::1", "::", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2002:7f00:1::1", "2001::1",
        "2001:db8::1", "100::1", "3fff::1", "::7f00:1", "nonsense", "",
    ],
)  # fmt: skip
async def test_name_that_leads_inside_is_refused_before_anything_is_sent(address: str) -> None:
    assert not is_public(address)

    with pytest.raises(Unfetched) as refusal:
        await fetching.fetch(NAMED, allowed=Limits(http=True), resolve=leads_to("93.184.215.14", address))

    assert refusal.value.detail.startswith("Not on the public internet: 93.184.215.14")
    assert refusal.value.sentence == NO_WAY


async def test_name_that_there_is_not_and_door_that_is_closed_read_like_a_place_inside() -> None:
    """Who gives addresses learns nothing of the network that the service stands in."""

    async def no_such_name(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    refusals = []
    for address, resolve in (
        (NAMED, no_such_name),
        (f"http://calendar.example:{closed}/calendar.ics", leads_to("127.0.0.1")),
    ):
        with pytest.raises(Unfetched) as refusal:
            await fetching.fetch(address, allowed=LOCAL, resolve=resolve)
        refusals.append(refusal.value)

    assert [one.sentence for one in refusals] == [NO_WAY, NO_WAY]
    assert "gaierror" in refusals[0].detail
    assert "ConnectError" in refusals[1].detail


async def test_name_server_that_hangs_holds_no_more_threads_than_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = threading.Event()

    def hanging(*_given: object, **_named: object) -> list[object]:
        gate.wait(10)
        return []

    monkeypatch.setattr(client, "LOOK_UP_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    before = threading.active_count()
    try:
        found = await asyncio.gather(
            *(fetching.fetch(NAMED, allowed=LOCAL) for _ in range(20)), return_exceptions=True
        )
        threads = threading.active_count() - before
    finally:
        gate.set()

    assert {getattr(one, "sentence", "") for one in found} == {NO_WAY}
    assert threads <= 4


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/x.ics", "file:///etc/passwd", "https://", "https://ana:secret@example.org/x.ics",
        "https://example.org:8443/x.ics", "https://127.0.0.1/x.ics", "https://[::1]/x.ics", "http://example.org/x",
        "https://10.0.0.1/", "https://[fe80::1]/", "javascript:1", "https://exa mple.org/", "https://a\r\nb.org/",
        "https://example.org:x/", "gopher://example.org/", "", "https://[::ffff:10.0.0.1]/x", "https://169.254.169.254/",
    ],
)  # fmt: skip
def test_address_that_is_not_taken_is_told_in_a_sentence(address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        fetching.checked_address(address, allowed=Limits())

    assert list(refusal.value.by_field()) == ["address"]
    assert "secret" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" webcal://example.org/a.ics ", "https://example.org/a.ics"),
        ("https://example.org:443", "https://example.org/"),
        ("https://Bücher.example/käse?x=ä", "https://xn--bcher-kva.example/k%C3%A4se?x=%C3%A4"),
        ("https://example.org/a%20b?q=1#part", "https://example.org/a%20b?q=1"),
    ],
)
def test_address_is_kept_in_the_form_that_is_fetched(given: str, kept: str) -> None:
    assert fetching.checked_address(given, allowed=Limits()) == kept


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
async def test_odd_spelling_of_this_machine_is_seen_through(host: str, server: Server) -> None:
    with pytest.raises(Unfetched):
        await fetching.fetch(f"http://{host}:{server.port}/calendar.ics", allowed=Limits(http=True))

    assert server.asked == []


async def test_calendar_is_fetched_with_our_name_and_no_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    found = await fetching.fetch(server.url(), allowed=LOCAL)

    assert (found.status, found.body, found.headers["etag"]) == (200, CALENDAR, '"1"')
    (asked,) = server.asked
    assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert settings.current().mail_reply_to in asked.headers["user-agent"]
    assert asked.headers["accept-encoding"] == "gzip"


async def test_name_is_looked_up_once_and_the_checked_address_is_what_is_asked(server: Server) -> None:
    """A name server that answers otherwise the second time (rebinding) is not asked a second time."""
    looked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["10.0.0.1"]

    found = await fetching.fetch(server.url(host="calendar.example"), allowed=LOCAL, resolve=resolve)

    assert found.status == 200
    assert looked == ["calendar.example"]
    assert server.asked[0].headers["host"] == f"calendar.example:{server.port}"


async def test_unchanged_calendar_is_told_by_304(server: Server) -> None:
    server.answers["/calendar.ics"] = answer(b"", status="304 Not Modified", ETag='"1"')

    found = await fetching.fetch(
        server.url(), allowed=LOCAL, etag='"1"', last_modified="Mon, 02 Mar 2026 09:00:00 GMT"
    )

    assert (found.status, found.body) == (304, b"")
    assert server.asked[0].headers["if-none-match"] == '"1"'
    assert server.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 09:00:00 GMT"


async def test_each_redirect_is_checked_anew(server: Server) -> None:
    there = f"http://inside.example:{server.port}/calendar.ics"
    server.answers["/moved"] = answer(b"", status="302 Found", Location=there)
    server.answers["/scheme"] = answer(b"", status="302 Found", Location="file:///etc/passwd")
    server.answers["/numeric"] = answer(b"", status="302 Found", Location="http://169.254.169.254/latest")
    server.answers["/broken"] = answer(b"", status="302 Found", Location="http://[x")
    server.answers["/relative"] = answer(b"", status="307 Temporary Redirect", Location="calendar.ics")

    async def resolve(host: str, _port: int) -> list[str]:
        return ["10.0.0.5"] if host.startswith("inside") else ["127.0.0.1"]

    for path in ("/moved", "/scheme", "/numeric", "/broken"):
        with pytest.raises(Unfetched):
            await fetching.fetch(server.url(path), allowed=LOCAL, resolve=resolve)
    assert len(server.asked) == 4
    assert (await fetching.fetch(server.url("/relative"), allowed=LOCAL)).redirects == 1


async def test_redirects_without_end_stop_at_five(server: Server) -> None:
    server.answers["/round"] = answer(b"", status="301 Moved Permanently", Location="/round")

    with pytest.raises(Unfetched, match="on and on"):
        await fetching.fetch(server.url("/round"), allowed=LOCAL)

    assert len(server.asked) == 6


async def test_packed_calendar_is_unpacked_and_a_bomb_is_not(server: Server) -> None:
    bomb = gzip.compress(b"a" * 500_000_000, 9)
    server.answers["/packed"] = answer(gzip.compress(CALENDAR), Content_Encoding="gzip")
    server.answers["/bomb"] = answer(bomb, Content_Encoding="gzip")
    server.answers["/twice"] = answer(gzip.compress(bomb), Content_Encoding="gzip, gzip")
    server.answers["/cut"] = answer(gzip.compress(CALENDAR)[:-12], Content_Encoding="gzip")
    server.answers["/noise"] = answer(b"not packed", Content_Encoding="gzip")
    server.answers["/br"] = answer(b"x", Content_Encoding="br")

    found = await fetching.fetch(server.url("/packed"), allowed=LOCAL)

    assert (found.body, found.packed < len(CALENDAR)) == (CALENDAR, True)
    for path, words in {
        "/bomb": "more than 2 MB", "/twice": "did not ask for", "/cut": "in the middle", "/noise": "unpacked",
        "/br": "did not ask for",
    }.items():  # fmt: skip
        with pytest.raises(Unfetched, match=words):
            await fetching.fetch(server.url(path), allowed=LOCAL)


async def test_endless_answer_is_cut_off(server: Server) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server.answers["/endless"] = head + b"a" * 3_000_000
    server.answers["/heads"] = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000

    with pytest.raises(Unfetched, match="more than 2 MB"):
        await fetching.fetch(server.url("/endless"), allowed=LOCAL)
    with pytest.raises(Unfetched):
        await fetching.fetch(server.url("/heads"), allowed=LOCAL)


async def test_server_that_says_nothing_is_left_in_time(server: Server) -> None:
    server.answers["/slow"] = b"HTTP/1.1 200 OK\r\n"
    server.delay = 5

    with pytest.raises(Unfetched, match=r"127\.0\.0\.1/… did not answer"):
        await fetching.fetch(server.url("/slow"), allowed=LOCAL, seconds=0.2)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden", "500 Oh", "204 No Content"])
async def test_refusal_names_the_host_and_nothing_of_the_secret(server: Server, status: str) -> None:
    server.answers["/private-0123456789/basic.ics"] = answer(b"", status=status)

    with pytest.raises(Unfetched) as told:
        await fetching.fetch(server.url("/private-0123456789/basic.ics"), allowed=LOCAL)

    assert status[:3] in told.value.sentence
    assert "0123456789" not in told.value.sentence


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("120", 120), ("99999999", 604_800), ("Mon, 02 Mar 2026 09:10:00 GMT", 600), ("soon", None), ("", None)],
)
def test_retry_after_is_seconds_or_a_date(given: str, seconds: int | None) -> None:
    now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

    assert client.seconds_of(given, now=now) == seconds


async def test_certificate_is_checked_against_the_name(tmp_path: Path) -> None:
    tls, trust = certificate_for("calendar.example", tmp_path)
    async with serving(tls=tls) as server:
        good = server.url(host="calendar.example", scheme="https")
        found = await fetching.fetch(good, allowed=LOCAL, resolve=leads_to("127.0.0.1"), trust=trust)

        assert found.status == 200
        assert server.asked[0].headers["host"] == f"calendar.example:{server.port}"
        for address, trusted in ((server.url(host="other.example", scheme="https"), trust), (good, None)):
            with pytest.raises(Unfetched, match="cannot be reached"):
                await fetching.fetch(address, allowed=LOCAL, resolve=leads_to("127.0.0.1"), trust=trusted)


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for that name, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


def test_local_fetching_is_refused_where_others_reach_the_service() -> None:
    with pytest.raises(settings.SettingsError, match="SUMMIT_FETCH_LOCAL"):
        settings.from_environment(
            {
                "SUMMIT_FETCH_LOCAL": "yes",
                "SUMMIT_BASE_URL": "https://summit.example.org",
                "SUMMIT_SECRET_KEY": "x" * 40,
            }
        )


def test_addresses_are_shown_by_their_host_alone() -> None:
    assert fetching.shown("https://calendar.example/private-123/basic.ics?key=1") == "calendar.example/…"
