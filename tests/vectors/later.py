"""A statement with what happened after publication (joined, withdrew, erratum, superseded), and lies about it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summit_service.statements import actions, bundle
from summit_service.statements.tables import Statement
from summit_service.zones import wall_text
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_frozen, make_member
from tests.vectors.bad import Files, Vector, manifest_of, rechained, sha, signed

Change = Callable[[dict[str, Any]], Any]


async def publish_later(now: datetime, *, days: int = 2) -> Statement:
    """Two sign, one declines; published; the third joins, the first withdraws; an erratum, and a successor."""
    members = [await make_member(name) for name in ("Later Signer", "Later Stayer", "Later Joiner")]
    actor = await secretariat()
    other = await _published("The next one", now=now)
    slug = (await make_frozen(actor, now=now, title="A later one")).slug
    statement = await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=wall_text(now + timedelta(days=20)),
        timezone="Etc/UTC",
        policy_given={"preset": "sign_on", "late_days": 60, "early_end_days": 0},
    )
    links = [await link_to(statement, member, now=now) for member in members]
    for link, choice in zip(links, ("signed", "signed", "declined"), strict=True):
        await give_answer(link, choice, now=now)
    published = now + timedelta(days=days)
    await actions.close(slug, actor=actor, now=published, note="It is time.")
    await actions.publish(slug, actor=actor, now=published)
    await give_answer(links[2], "signed", now=published + timedelta(days=1))
    await give_answer(links[0], "withdrawn", now=published + timedelta(days=2))
    await actions.add_erratum(
        slug, actor=actor, now=published + timedelta(days=3), text="Read “plan”, not “plane”."
    )
    return await actions.supersede(slug, actor=actor, now=published + timedelta(days=4), by=other.slug)


async def _published(title: str, *, now: datetime) -> Statement:
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now, title=title)).slug
    await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=wall_text(now + timedelta(days=20)),
        timezone="Etc/UTC",
        policy_given={"least_signed": None, "early_end_days": 0},
    )
    await actions.close(slug, actor=actor, now=now, note="It is time.")
    return await actions.publish(slug, actor=actor, now=now)


async def later_files(now: datetime) -> Files:
    """The bundle of its fifth manifest."""
    return await bundle.files_of(await publish_later(now))


def lies(files: Files, key: Ed25519PrivateKey) -> list[Vector]:
    """Each lie with the chain made anew so that it agrees with itself, and signed with the right key."""
    found = []
    for name, change in LIES.items():
        manifest = copy.deepcopy(manifest_of(files))
        change(manifest)
        found.append(Vector(f"later: {name}", signed(files, rechained_later(manifest), key)))
    return found


def rechained_later(manifest: dict[str, Any]) -> dict[str, Any]:
    """As `rechained`, with the hashes and numbers in the lists of what happened since made to fit as well."""
    made = rechained(manifest)
    hashes = {e["seq"]: e["entry_sha256"] for e in made["chain"]["entries"]}
    after = made.get("after") or {}
    lines = [*after.get("joined", []), *after.get("withdrew", []), *after.get("errata", [])]
    lines += [after["superseded_by"]] if after.get("superseded_by") else []
    for line in lines:
        if line["seq"] in hashes:
            line["entry_sha256"] = hashes[line["seq"]]
    return made


def bodies(manifest: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The bodies of that kind, in order."""
    shown = [entry["body"] for entry in manifest["chain"]["entries"] if "body" in entry]
    return [body for body in shown if body["kind"] == kind]


def _answer(manifest: dict[str, Any], answer: str) -> dict[str, Any]:
    """The body of the late answer of that kind."""
    late = [body for body in bodies(manifest, "response") if body["late"]]
    return next(body for body in late if body["answer"] == answer)


def _withhold(manifest: dict[str, Any], body: dict[str, Any]) -> None:
    entry = next(e for e in manifest["chain"]["entries"] if e.get("body") is body)
    entry["body_sha256"] = sha(rfc8785.dumps(entry.pop("body")))


def _late_in_tally(manifest: dict[str, Any]) -> None:
    for tally in (
        manifest["tally"],
        bodies(manifest, "adopted")[0]["tally"],
        bodies(manifest, "published")[0]["tally"],
    ):
        tally["signed"] += 1
        tally["declined"] -= 1


def _late_among_signatures(manifest: dict[str, Any]) -> None:
    manifest["signatures"].append(manifest["after"]["joined"].pop())
    _answer(manifest, "signed")["late"] = False


def _withdrawn_not_told(manifest: dict[str, Any]) -> None:
    manifest["after"]["withdrew"].clear()


def _withdrawal_turned(manifest: dict[str, Any]) -> None:
    _answer(manifest, "withdrawn")["answer"] = "signed"
    manifest["after"]["withdrew"].clear()


def _withdraws_twice(manifest: dict[str, Any]) -> None:
    manifest["after"]["withdrew"].append(copy.deepcopy(manifest["after"]["withdrew"][0]))


def _another_withdraws(manifest: dict[str, Any]) -> None:
    body = _answer(manifest, "withdrawn")
    who = next(m for m in manifest["eligible"] if m["name"] == "Later Joiner")
    body.update(organisation=who["name"], organisation_id=who["organisation"])
    manifest["after"]["withdrew"][0].update(
        organisation=who["name"], organisation_id=who["organisation"], signature="0" * 32
    )


def _joins_after_the_end(manifest: dict[str, Any]) -> None:
    late = "2027-01-01T09:00:00.000Z"
    _answer(manifest, "signed").update(at=late, signed_at=late)
    manifest["after"]["joined"][0].update(signed_at=late)


def _joins_without_a_policy(manifest: dict[str, Any]) -> None:
    manifest["policy"].pop("late_days")
    bodies(manifest, "signing")[0]["policy"].pop("late_days")


def _joins_before_publication(manifest: dict[str, Any]) -> None:
    early = "2026-03-02T10:00:00.000Z"
    _answer(manifest, "signed").update(at=early, signed_at=early)
    manifest["after"]["joined"][0].update(signed_at=early)


def _unknown_joins(manifest: dict[str, Any]) -> None:
    _answer(manifest, "signed").update(organisation_id=999_999)
    manifest["after"]["joined"][0].update(organisation_id=999_999)


def _joins_another_text(manifest: dict[str, Any]) -> None:
    _answer(manifest, "signed").update(text_set="0" * 64)


def _issue_missing(manifest: dict[str, Any]) -> None:
    issues = bodies(manifest, "reissued")
    _withhold(manifest, issues[1])


def _first_again(manifest: dict[str, Any]) -> None:
    """The first manifest once more, as if nothing had happened since."""
    del manifest["after"], manifest["issued_at"]
    manifest.update(n=1, previous=None)


def _goes_on(manifest: dict[str, Any]) -> None:
    manifest["chain"]["entries"].append({"seq": 0, "entry_sha256": "0" * 64, "body_sha256": "1" * 64})


def _superseded_twice(manifest: dict[str, Any]) -> None:
    entries = manifest["chain"]["entries"]
    at = next(i for i, e in enumerate(entries) if e.get("body", {}).get("kind") == "superseded")
    entries.insert(at, copy.deepcopy(entries[at]))
    manifest["after"]["superseded_by"]["seq"] += 1


LIES: dict[str, Change] = {
    "the late one in the tally": _late_in_tally,
    "the late one among the signatures": _late_among_signatures,
    "the late one not marked": lambda m: _answer(m, "signed").update(late=False),
    "a withdrawal not told": _withdrawn_not_told,
    "a withdrawal turned into a signature": _withdrawal_turned,
    "a withdrawal twice": _withdraws_twice,
    "a withdrawal by somebody else": _another_withdraws,
    "a withdrawal by telepathy": lambda m: _answer(m, "withdrawn").update(method="telepathy"),
    "a withdrawal of another signature": lambda m: m["after"]["withdrew"][0].update(signature="1" * 32),
    "a withdrawal on another day": lambda m: m["after"]["withdrew"][0].update(
        withdrew_at="2027-01-01T00:00:00.000Z"
    ),
    "joined after the end": _joins_after_the_end,
    "joined without a policy": _joins_without_a_policy,
    "joined before publication": _joins_before_publication,
    "joined without being asked": _unknown_joins,
    "joined another text": _joins_another_text,
    "joined under another name": lambda m: m["after"]["joined"][0].update(signatory="Someone Else"),
    "joined and not told": lambda m: m["after"]["joined"].clear(),
    "an erratum changed": lambda m: m["after"]["errata"][0].update(text="Nothing is wrong."),
    "an erratum not told": lambda m: m["after"]["errata"].clear(),
    "an erratum that is not in the chain": lambda m: m["after"]["errata"].append(
        {**m["after"]["errata"][0], "text": "More."}
    ),
    "superseded by another": lambda m: m["after"]["superseded_by"].update(title="The best one"),
    "not superseded": lambda m: m["after"].update(superseded_by=None),
    "superseded twice": _superseded_twice,
    "a manifest between is missing": _issue_missing,
    "another manifest before": lambda m: m.update(previous="0" * 64),
    "no manifest before": lambda m: m.update(previous=None),
    "another number": lambda m: m.update(n=9),
    "the first number": lambda m: m.update(n=1, previous=None),
    "as if nothing had happened": _first_again,
    "another time of issue": lambda m: m.update(issued_at="2027-01-01T00:00:00.000Z"),
    "issued before publication": lambda m: (
        m.update(issued_at="2020-01-01T00:00:00.000Z"),
        bodies(m, "reissued")[-1].update(at="2020-01-01T00:00:00.000Z"),
    ),
    "the chain goes on": _goes_on,
    "a part more in what happened": lambda m: m["after"].update(note="hello"),
    "a part less in what happened": lambda m: m["after"].pop("errata"),
    "an entry of another kind": lambda m: bodies(m, "erratum")[0].update(kind="apology"),
    "an entry without a kind": lambda m: bodies(m, "erratum")[0].pop("kind"),
    "an entry with a part more": lambda m: bodies(m, "erratum")[0].update(mood="good"),
}
