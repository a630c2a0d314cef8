"""What the two stories of forty signatories share: who they are, what each does, and what must come of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from tests.journeys.world import World, a_world, link_in
from tests.mail.bounces import samples
from tests.mail.bounces.lmtp import hand_over
from tests.postbox import parsed
from tests.servers import free_port
from tests.smtp_server import Fault

COUNTS = {
    "sign": 20,
    "personal": 2,
    "decline": 4,
    "change": 3,
    "delegate": 2,
    "refused": 1,
    "returned": 1,
    "silent": 7,
}
"""How many members do what. The mail to one is refused by its server, another's is taken and comes back later."""
PLAN = [(kind, number) for number, kind in enumerate(Counter(COUNTS).elements())]
SIGNED = COUNTS["sign"] + COUNTS["delegate"]
WANTED = "If you would sign, we would need the second paragraph to name the patients."
DRAFTS = (
    "# Time\n\nListen.\n\nAsk.\n",
    "# Time\n\nListen first.\n\nAsk.\n",
    "# Time\n\nListen first, and then ask.\n\nThen ask again.\n",
)
"""The first draft and the text after each round of comments."""
BOUNCES = "bounces@network.example"
FILES_OF_A_BUNDLE = 5
"""So many files have a fingerprint in the manifest of a statement in one language."""


def address_of(kind: str, number: int) -> str:
    """Where this member's signatory is reached, who is its main contact too."""
    return f"{kind}-{number}@members.example"


def name_of(kind: str) -> str:
    """The one member that does this."""
    return next(f"Member {number}" for doing, number in PLAN if doing == kind)


@asynccontextmanager
async def forty_members(folder: Path, database_url: str) -> AsyncIterator[World]:
    """A running service with forty members, whose post fails for two of them."""
    assert len(PLAN) == 40
    port = free_port()
    door = {"SUMMIT_BOUNCE_ADDRESS": BOUNCES, "SUMMIT_BOUNCE_LISTEN": f"lmtp://127.0.0.1:{port}"}
    async with a_world(folder, database_url, settings=door) as world:
        world.post.faults["RCPT"] = Fault(
            reply="550 5.1.1 There is nobody of that name", only=lambda to: to.startswith("refused")
        )
        world.summit("import", "organisations", str(_organisations(folder)))
        yield world


def _organisations(folder: Path) -> Path:
    head = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email"
    lines = [
        f"Member {n},centre,,,GB,,Europe/London,member,Person {n},{address_of(kind, n)}" for kind, n in PLAN
    ]
    path = folder / "organisations.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


async def path_mailed(world: World, address: str, path: str, *, nth: int = 0) -> str:
    """The link of that kind in the first mail to the address that has one, or in a later one; waits for it."""
    return link_in(parsed(world.post.raw[await _arrived(world, address, path, nth=nth)]), path)


async def _arrived(world: World, address: str, path: str, *, nth: int = 0) -> int:
    """Where among all mails is that one to the address with such a link. Parses none: there are many."""
    async with asyncio.timeout(60):
        while True:
            found = [
                number
                for number, raw in enumerate(world.post.raw)
                if address.encode() in raw.split(b"Subject:")[0] and path.encode() in raw
            ]
            if len(found) > nth:
                return found[nth]
            await asyncio.sleep(0.02)


async def bring_back(world: World, address: str) -> None:
    """The server that took the question for this address says later that it has nobody of the name."""
    return_path = world.post.senders[await _arrived(world, address, "/sign/")]
    port = int(world.settings["SUMMIT_BOUNCE_LISTEN"].rsplit(":", 1)[1])
    report = samples.report("failed", "5.1.1", "550 5.1.1 User unknown")
    said = await hand_over(port, return_path, report)
    assert said.startswith("250"), said


def check_tally(tally: Mapping[str, int]) -> None:
    """Each answer is counted as what it was, and whom no mail reached as silent."""
    assert (tally["asked"], tally["signed"], tally["personal"]) == (40, SIGNED, COUNTS["personal"])
    assert (tally["declined"], tally["changes_requested"]) == (COUNTS["decline"], COUNTS["change"])
    assert tally["unanswered"] == COUNTS["silent"] + COUNTS["refused"] + COUNTS["returned"]


def check_with_summit(world: World, packed: bytes) -> None:
    """`summit verify` finds the bundle valid by its own key, and in its chain the first signatory's receipt."""
    folder = world.folder
    (folder / "mailbox").mkdir()
    receipt, bundle, key = folder / "mailbox" / "receipt.eml", folder / "bundle.zip", folder / "publisher.pem"
    receipt.write_bytes(_receipt_of(world, address_of("sign", 0)))
    bundle.write_bytes(packed)
    key.write_bytes(zipfile.ZipFile(BytesIO(packed)).read("publisher.pem"))
    said = world.summit("verify", str(bundle), "--key", str(key), "--receipt", str(receipt))
    assert said.startswith("VALID")


def _receipt_of(world: World, address: str) -> bytes:
    return next(raw for raw in world.post.raw if address.encode() in raw and b"Head of the chain" in raw)


def check_by_hand(packed: bytes, folder: Path) -> None:
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
    assert [one.strip() for one in said[2:]] == ["1"] * FILES_OF_A_BUNDLE


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
