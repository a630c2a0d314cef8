"""Forty signatories by plain HTTP and real mails; then the bundle, checked with openssl and sha256sum alone."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.world import SECRETARY, World, a_world, hidden_fields, link_in
from tests.postbox import parsed
from tests.smtp_server import Fault

SIGN, PERSONAL, DECLINE, CHANGE, DELEGATE, BOUNCE, SILENT = 20, 2, 4, 3, 2, 2, 7
WANTED = "If you would sign, we would need the second paragraph to name the patients."

TEXT = "# Time\n\nListen first, and then ask.\n\nThen ask again.\n"


def _plan() -> list[str]:
    counts = {
        "sign": SIGN,
        "personal": PERSONAL,
        "decline": DECLINE,
        "change": CHANGE,
        "delegate": DELEGATE,
        "bounce": BOUNCE,
        "silent": SILENT,
    }
    return [kind for kind, count in counts.items() for _ in range(count)]


@pytest.mark.timeout(400)
async def test_forty_signatories_from_draft_to_a_desk_without_us(database_url: str, tmp_path: Path) -> None:
    plan = _plan()
    assert len(plan) == 40
    async with a_world(tmp_path, database_url) as world:
        world.post.faults["RCPT"] = Fault(
            reply="550 5.1.1 There is nobody of that name", only=lambda to: to.startswith("bounce")
        )
        world.summit("import", "organisations", str(_organisations(tmp_path, plan)))
        async with world.api(SECRETARY) as secretary, world.browser() as public:
            slug = await _draft_and_consult(world, secretary)
            await _open(secretary, slug)
            for number, kind in enumerate(plan):
                await _act(world, public, number, kind)
            board = (await secretary.get(f"/statements/{slug}")).json()
            assert (await secretary.post(f"/statements/{slug}/closure", json=WHY)).status_code < 300
            published = await secretary.post(f"/statements/{slug}/publication", json={})
            assert published.status_code < 300, published.text
            page = await public.get(f"/statements/{slug}")
            packed = (await public.get(f"/statements/{slug}/bundle.zip")).content
            receipt = _receipt_of(world, "sign-0@members.example")

        states = {line["organisation"]: line["mail_state"] for line in board["requests"]}
        tally = published.json()["tally"]
        assert {name for name, state in states.items() if state == "failed"} == {"Member 31", "Member 32"}
        assert (tally["asked"], tally["signed"], tally["personal"]) == (40, SIGN + DELEGATE, PERSONAL)
        assert (tally["declined"], tally["changes_requested"]) == (DECLINE, CHANGE)
        assert tally["unanswered"] == BOUNCE + SILENT
        assert page.text.count(", signed by ") == SIGN + DELEGATE
        assert WANTED not in page.text
        (tmp_path / "mailbox").mkdir()
        (tmp_path / "mailbox" / "receipt.eml").write_bytes(receipt)
        (tmp_path / "bundle.zip").write_bytes(packed)
        (tmp_path / "publisher.pem").write_bytes(zipfile.ZipFile(BytesIO(packed)).read("publisher.pem"))
        said = world.summit(
            "verify",
            str(tmp_path / "bundle.zip"),
            "--key",
            str(tmp_path / "publisher.pem"),
            "--receipt",
            str(tmp_path / "mailbox" / "receipt.eml"),
        )
    assert said.startswith("VALID")
    _check_by_hand(packed, tmp_path)


def _organisations(folder: Path, plan: list[str]) -> Path:
    head = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email"
    lines = [
        f"Member {n},centre,,,GB,,Europe/London,member,Person {n},{kind}-{n}@members.example"
        for n, kind in enumerate(plan)
    ]
    path = folder / "organisations.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


async def _draft_and_consult(world: World, secretary: httpx.AsyncClient) -> str:
    """Two rounds: a comment, its answer and a new text in each; no freeze while a comment has no answer."""
    made = await secretary.post(
        "/statements",
        json={"title": "Listen first", "text": "# Time\n\nListen.\n\nAsk.\n", "policy": "sign_on"},
    )
    slug: str = made.json()["slug"]
    async with world.api("sign-0@members.example") as member:
        for version, text in ((1, "# Time\n\nListen first.\n\nAsk.\n"), (2, TEXT)):
            await _step(secretary, slug, "consultation", _deadline())
            said = await member.post(
                f"/statements/{slug}/comments",
                json={"organisation": "member-0", "version": version, "paragraph": 1, "body": "Say when."},
            )
            assert said.status_code == 201, said.text
            assert (await secretary.post(f"/statements/{slug}/freeze", json={})).status_code == 409
            answer = {"kind": "accepted", "reason": "It is in the next text."}
            await _step(secretary, slug, f"comments/{said.json()['id']}/disposition", answer)
            await _step(secretary, slug, "versions", {"text": text, "note": f"After round {version}."})
    return slug


async def _open(secretary: httpx.AsyncClient, slug: str) -> None:
    await _step(secretary, slug, "freeze", {})
    await _step(secretary, slug, "signing", {**_deadline(), "policy": EARLY})


EARLY = {"preset": "sign_on", "early_end_days": 0}
WHY = {"note": "Nobody else will answer."}


def _deadline() -> dict[str, str]:
    return {"closes_at": f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%dT%H:%M}", "timezone": "UTC"}


async def _step(secretary: httpx.AsyncClient, slug: str, step: str, body: dict[str, Any]) -> None:
    done = await secretary.post(f"/statements/{slug}/{step}", json=body)
    assert done.status_code < 300, (step, done.text)


async def _act(world: World, public: httpx.AsyncClient, number: int, kind: str) -> None:
    """What this member does with its mail."""
    if kind == "bounce":
        return
    address = f"{kind}-{number}@members.example"
    link = link_in(await _mail(world, address, b"/sign/"), "/sign/")
    if kind == "silent":
        assert (await public.get(link)).status_code == 200
    elif kind == "delegate":
        await _delegate(world, public, link, address, number)
    else:
        await _answer(public, link, kind)


async def _answer(public: httpx.AsyncClient, link: str, kind: str) -> None:
    choice = {"decline": "declined", "change": "changes_requested"}.get(kind, "signed")
    capacity = "personal" if kind == "personal" else "organisation"
    letter = await public.get(link)
    review = await public.post(f"{link}/review", data=hidden_fields(letter.text) | {"choice": choice})
    form = hidden_fields(review.text) | {
        "name": "Ana",
        "attested": "yes",
        "capacity": capacity,
        "reason": WANTED,
    }
    receipt = await public.post(f"{link}/answer", data=form)
    assert receipt.status_code == 200, receipt.text


async def _delegate(world: World, public: httpx.AsyncClient, link: str, contact: str, number: int) -> None:
    """Somebody new, whom the main contact confirms by a link of its own; the first link ends."""
    new = f"deputy-{number}@members.example"
    asked = await public.post(f"{link}/delegation", data={"name": f"Deputy {number}", "email": new})
    assert asked.status_code == 200, asked.text
    proposal = link_in(await _mail(world, contact, b"/delegations/"), "/delegations/")
    confirmed = await public.post(proposal, data={"choice": "confirm", "sure": "yes"})
    assert confirmed.status_code == 200, confirmed.text
    assert "Somebody else answers now" in (await public.get(link)).text
    await _answer(public, link_in(await _mail(world, new, b"/sign/"), "/sign/"), "sign")


async def _mail(world: World, address: str, path: bytes) -> EmailMessage:
    """The first mail to that address with a link of that kind; waits for it. Parses no other: there are many."""
    async with asyncio.timeout(60):
        while True:
            for raw in world.post.raw:
                if address.encode() in raw.split(b"Subject:")[0] and path in raw:
                    return parsed(raw)
            await asyncio.sleep(0.05)


def _receipt_of(world: World, address: str) -> bytes:
    return next(raw for raw in world.post.raw if address.encode() in raw and b"Head of the chain" in raw)


def _check_by_hand(packed: bytes, folder: Path) -> None:
    """Every command of VERIFY.txt but those of `summit`, with no other program at hand than they name."""
    desk, tools = folder / "desk", folder / "tools"
    tools.mkdir()
    for tool in ("openssl", "sha256sum", "grep", "cut"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    zipfile.ZipFile(BytesIO(packed)).extractall(desk)
    lines = [line[4:] for line in (desk / "VERIFY.txt").read_text().splitlines() if line.startswith("    ")]
    commands = [line for line in lines if line.startswith(("openssl pk", "grep")) and "THE-HASH" not in line]
    said = [_run(command, desk, tools) for command in commands]

    assert said[0].strip() == "Signature Verified Successfully"
    assert said[1].split()[0] in lines
    assert [one.strip() for one in said[2:]] == ["1"] * (len(commands) - 2)
    assert len(commands) == 2 + 5


def _run(command: str, folder: Path, tools: Path) -> str:
    done = subprocess.run(
        [shutil.which("sh") or "/bin/sh", "-c", command],
        cwd=folder,
        env={"PATH": os.fspath(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
