"""A statement that was adopted by a silence procedure with a member that can block, and lies about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, bundle, invitations, mails, queries
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_frozen, make_member
from tests.vectors.bad import Files, Vector, bodies, manifest_of, rechained, signed

LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "silence without a policy for it": lambda m: m["policy"].update(silence="no_answer"),
    "silence without its days": lambda m: m["policy"].pop("silence_days"),
    "a policy of silence without a count of it": lambda m: (
        m["tally"].pop("deemed"),
        m["tally"].pop("undeliverable"),
    ),
    "more silence than there was": lambda m: m["tally"].update(deemed=m["tally"]["unanswered"]),
    "blocking by a number": lambda m: m["policy"].update(blocking=[7]),
}


async def publish_silent(now: datetime) -> Files:
    """One signature, one refusal, three silent, of whom one was never reached."""
    names = ("Silent Signer", "Silent Refuser", "Quiet One", "Quiet Two", "Quiet Three", "Unreached")
    members = [await make_member(name) for name in names]
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now, title="A silent one")).slug
    others = [m.slug for m in await _members() if m.slug not in {member.slug for member in members}]
    statement = await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=(now + timedelta(days=40)).isoformat(),
        waived=others,
        policy_given={"preset": "silence", "blocking": [members[0].slug]},
    )
    for request in await queries.requests_of(statement):
        state = "failed" if request.organisation == members[5].id else "accepted"
        await OutboxMessage.update({OutboxMessage.state: state}).where(
            OutboxMessage.about == mails.about(request)
        )
    for member, choice in zip(members, ("signed", "declined"), strict=False):
        await give_answer(await link_to(statement, member, now=now), choice, now=now)
    end = now + timedelta(days=41)
    await actions.publish(slug, actor=actor, now=end)
    return await bundle.files_of(await queries.statement_by_slug(slug))


async def _members() -> list[Any]:
    return [prospect.organisation for prospect in await invitations.prospects()]


def _silent(manifest: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Those who are told as silent, in the manifest and in the chain."""
    return manifest["no_objection"], bodies(manifest)["adopted"]["no_objection"]


def _one_less(manifest: dict[str, Any]) -> None:
    for told in _silent(manifest):
        told.pop()


def _another(name: str) -> Callable[[dict[str, Any]], None]:
    """That member instead of the last one, in both."""

    def change(manifest: dict[str, Any]) -> None:
        _one_less(manifest)
        member = next(m for m in manifest["eligible"] if m["name"] == name)
        lines, numbers = _silent(manifest)
        lines.append({key: member[key] for key in ("country", "name", "organisation")})
        lines.sort(key=lambda line: str(line["name"]))
        numbers.append(member["organisation"])

    return change


LIES_IN_THE_CHAIN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a silent member under another name": lambda m: m["no_objection"][0].update(name="Somebody"),
    "a silent member in another country": lambda m: m["no_objection"][0].update(country="DE"),
    "a silent member taken out": lambda m: m["no_objection"].pop(),
    "a silent member taken out of both": _one_less,
    "a signer as silent": _another("Silent Signer"),
    "a silent member twice": lambda m: _silent(m)[1].append(_silent(m)[1][0]),
    "silent members in another order": lambda m: m["no_objection"].reverse(),
}


def lies(files: Files, key: Ed25519PrivateKey) -> list[Vector]:
    """Each lie told in the manifest, signed with the key; the chain tells another story."""
    found = []
    for name, change in LIES.items():
        manifest = manifest_of(files)
        change(manifest)
        found.append(Vector(f"silence: {name}", signed(files, manifest, key)))
    for name, change in LIES_IN_THE_CHAIN.items():
        manifest = manifest_of(files)
        change(manifest)
        found.append(Vector(f"silence: {name}", signed(files, rechained(manifest), key)))
    return found
