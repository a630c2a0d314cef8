"""The steps that the secretariat takes with a statement: what each asks, says beforehand, and calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.members import queries as members
from summit_service.statements import (
    actions,
    board,
    circulation,
    invitations,
    policy,
    queries,
    rules,
    second_person,
)
from summit_service.statements.tables import Statement

STEPS = {
    "consultation": ("Ask members to comment", "Start the consultation"),
    "freeze": ("Freeze the text", "Freeze the text"),
    "signing": ("Open for signing", "Open and mail"),
    "reminders": ("Remind those who have not answered", "Remind"),
    "rework": ("Take the text back", "Take the text back"),
    "closure": ("End signing and count", "End signing"),
    "settlement": ("Record that it was not adopted", "Record"),
    "publication": ("Publish", "Publish"),
    "cancellation": ("Give the statement up", "Give it up"),
}
BY_STATE = {
    "drafting": ("consultation", "freeze", "cancellation"),
    "consulting": ("freeze", "cancellation"),
    "revising": ("freeze", "consultation", "cancellation"),
    "frozen": ("signing", "rework", "cancellation"),
    "signing": ("reminders", "closure", "rework", "cancellation"),
    "reworking": ("freeze", "cancellation"),
    "closed": ("publication", "cancellation"),
    "adopted": ("publication", "cancellation"),
}
DONE = {
    "new": "The draft is saved",
    "version": "The new version is saved",
    "described": "The title and the summit are saved",
    "consultation": "Members are asked to comment; the mails are on their way",
    "freeze": "The text is frozen",
    "freeze_proposed": "You have asked for the freeze. Another member of the secretariat confirms it on this page",
    "signing": "Signing is open; the mails are on their way",
    "rework": "The text can be changed again",
    "closure": "Signing has ended and the answers are counted",
    "settlement": "It is recorded that the statement was not adopted",
    "publication": "The statement is published",
    "cancellation": "The statement was given up",
    "asked": "Somebody else is asked; the mail is on its way",
}
ANSWER_WORDS = {
    "signed": ("Signed", "good"),
    "reaffirmed": ("Signed again", "good"),
    "changes_requested": ("Asks for changes", "wait"),
    "declined": ("Declined", "wrong"),
    "withdrawn": ("Took the answer back", "plain"),
    "": ("No answer yet", "plain"),
}
STANDING_WORDS = {
    "disputed": "Disputed",
    "undeliverable": "Mail did not arrive",
    "stuck": "Somebody else to ask",
    "quiet": "Reminders stopped",
    "unanswered": "No answer yet",
    "withdrawn": "Took the answer back",
    "declined": "Declined",
    "changes_requested": "Asks for changes",
    "signed": "Signed",
}
MAIL_WORDS = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "deferred": "is tried again later",
    "accepted": "was taken by the next server",
    "uncertain": "may have arrived",
    "failed": "could not be delivered",
    "returned": "came back undelivered",
    "stopped": "was stopped",
    "": "has no mail yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a step would do now; `asks` names its fields, `mails` how many it sends."""

    title: str
    button: str
    sentences: list[str]
    mails: int = 0
    asks: tuple[str, ...] = ()
    waivable: list[tuple[str, str, str]] = field(default_factory=list)
    waived: list[str] = field(default_factory=list)
    skipped: Sequence[tuple[str, str]] = ()
    is_why_told: bool = False
    """Whether the reason is needed, because everybody who was asked reads it."""


def possible(view: board.View) -> list[tuple[str, str]]:
    """The steps that can be taken from here, the main one first."""
    steps = BY_STATE.get(view.state, ())
    if view.state == "closed" and view.statement.state == "signing":
        steps = ("closure", "cancellation")
    elif view.state == "closed" and view.tally and not view.tally["satisfied"]:
        steps = ("settlement", "cancellation")
    return [(step, STEPS[step][0]) for step in steps]


async def plan(step: str, row: Statement, *, now: datetime) -> Plan:
    """What the confirmation says before anything is done."""
    title, button = STEPS[step]
    if step == "signing":
        return await _signing_plan(title, button)
    if step == "reminders":
        return await _reminder_plan(title, button, row, now=now)
    if step == "closure":
        return await _closure_plan(title, button, row, now=now)
    if step == "freeze":
        return await _freeze_plan(title, button, row)
    asked = len({request.person for request in await queries.requests_of(row)})
    answered = len(await queries.answers_of(row))
    sentences, mails, asks = {
        "consultation": (
            "Each representative and signatory of a member gets a mail with a link to read and comment.",
            len(await circulation.asked()) if step == "consultation" else 0,
            ("closes_at", "least_days"),
        ),
        "rework": (
            f"{answered} answers stay on record for this text and do not count for the next. "
            "Open links stop working.",
            0,
            ("note",),
        ),
        "settlement": ("The tally does not satisfy the policy. The statement stays unpublished.", asked, ()),
        "publication": (
            "The text and its signatories become public, for good: published text is never edited.",
            asked,
            (),
        ),
        "cancellation": (
            "The statement will not be published. Who was asked to sign is told so, with your reason.",
            asked,
            ("note",),
        ),
    }[step]
    return Plan(title=title, button=button, sentences=[sentences], mails=mails, asks=asks)


async def _closure_plan(title: str, button: str, row: Statement, *, now: datetime) -> Plan:
    """Who is missing, and whether signing can be ended all the same; the same rule judges the button."""
    missing, is_early = await queries.missing_of(row), rules.is_open(row.state, row.closes_at, now=now)
    mails = len(await queries.requests_of(row)) if is_early else 0
    if not missing or not is_early:
        words = "The links stop taking answers, and the answers are counted."
        return Plan(title=title, button=button, sentences=[words], mails=mails, asks=("note",))
    try:
        rules.check_closable(
            missing,
            closes_at=row.closes_at,
            timezone=row.closes_timezone,
            opened_at=row.opened_at,
            early_days=json.loads(row.policy).get("early_end_days"),
            note="-",
            now=now,
        )
    except Conflict as fault:
        return Plan(title=title, button=button, sentences=[fault.sentence])
    words = f"{rules.in_words(missing)} can still answer. The policy lets you end signing with a reason."
    return Plan(title=title, button=button, sentences=[words], mails=mails, asks=("note",), is_why_told=True)


async def _freeze_plan(title: str, button: str, row: Statement) -> Plan:
    fixed = "The newest text is fixed, word for word. After that it changes only by taking it back."
    is_by_two, is_asked = await second_person.is_needed(), await second_person.proposal_of(row)
    if is_by_two and not is_asked:
        words = (
            f"{fixed} It takes two of you: you ask for it, and another member of the secretariat confirms it. "
            "The others are told by mail."
        )
        return Plan(title=title, button=button, sentences=[words], mails=len(await members.secretariat()) - 1)
    if is_by_two:
        fixed += " One of you has asked for it; it is frozen when another one confirms it here."
    told = await circulation.commenters(row) if row.text_set is None else list[circulation.Asked]()
    sentences = [fixed]
    if told:
        sentences.append("Each organisation that has commented is mailed what became of its comments.")
    return Plan(title=title, button=button, sentences=sentences, mails=len(told))


async def _signing_plan(title: str, button: str) -> Plan:
    found = await invitations.prospects()
    without = [prospect.organisation for prospect in found if prospect.person is None]
    sentences = [
        f"{len(found)} member organisations are entitled to answer; "
        "each signatory gets one mail with a personal link.",
        "The list of members and the policy are fixed now.",
    ]
    if without:
        names = rules.in_words([organisation.name for organisation in without])
        sentences.append(f"Nobody can sign for {names}. Name a signatory for each, or waive them below.")
    options = [
        (
            p.organisation.slug,
            p.organisation.name,
            f"{p.person.name} is asked." if p.person else "Has no signatory.",
        )
        for p in found
    ]
    return Plan(
        title=title,
        button=button,
        sentences=sentences,
        mails=len(found) - len(without),
        asks=("closes_at", "policy", "waived"),
        waivable=options,
    )


async def _reminder_plan(title: str, button: str, row: Statement, *, now: datetime) -> Plan:
    found = await invitations.reminder_plan(row, now=now)
    names = [request.organisation_name for request, _ in found.due]
    sentence = f"Reminded: {rules.in_words(names)}." if names else "Nobody can be reminded at this moment."
    return Plan(title=title, button=button, sentences=[sentence], mails=len(names), skipped=found.skipped)


def own_rule(typed: Mapping[str, str], blocking: Sequence[str]) -> dict[str, Any]:
    """The rule that was put together in the form; raises Invalid."""
    return policy.typed(
        basis=typed.get("basis", ""),
        least_signed=typed.get("least_signed", ""),
        most_declined=typed.get("most_declined", ""),
        counts_changes=typed.get("counts_changes") == "yes",
        silence_days=typed.get("silence_days", ""),
        blocking=blocking,
    )


async def take(
    step: str,
    slug: str,
    typed: Mapping[str, str],
    waived: Sequence[str],
    blocking: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Take the step; what the address of the board should carry on, such as the number of mails."""
    note, deadline = (
        typed.get("note", ""),
        {"closes_at": typed.get("closes_at", ""), "timezone": typed.get("timezone", "")},
    )
    if step == "reminders":
        done = await actions.remind(slug, actor=actor, now=now)
        return f"&n={len(done.reminded)}"
    if step == "signing":
        await actions.open_for_signing(
            slug,
            actor=actor,
            now=now,
            waived=waived,
            policy_given=own_rule(typed, blocking)
            if typed.get("policy") == "own"
            else typed.get("policy") or None,
            late_days=typed.get("late_days", "").strip(),
            early_end_days=typed.get("early_end_days", "").strip() if "early_end_days" in typed else None,
            **deadline,
        )
    elif step == "freeze":
        frozen = await actions.freeze(slug, actor=actor, now=now)
        return "" if frozen.state == "frozen" else "_proposed"
    elif step == "consultation":
        least = typed.get("least_days", "").strip()
        await actions.start_consultation(slug, actor=actor, now=now, least_days=least, **deadline)
    elif step in {"rework", "closure", "cancellation"}:
        act = {"rework": actions.rework, "closure": actions.close, "cancellation": actions.cancel}[step]
        await act(slug, actor=actor, now=now, note=note)
    else:
        simple = {"settlement": actions.settle, "publication": actions.publish}[step]
        await simple(slug, actor=actor, now=now)
    return ""


def filled(row: Statement, typed: Mapping[str, str] | None) -> dict[str, str]:
    """What stands in the fields: what was typed, or what is planned."""
    planned = {
        "closes_at": row.closes_wall,
        "timezone": row.closes_timezone or "Europe/London",
        "policy": "",
        "basis": "eligible",
        "least_signed": "2/3",
        "most_declined": "0",
        "counts_changes": "",
        "silence_days": "",
        "late_days": str(json.loads(row.policy).get("late_days", 0)),
        "early_end_days": str(json.loads(row.policy).get("early_end_days", "")),
        "least_days": str(json.loads(row.policy).get("consultation_days", "")),
        "note": "",
    }
    return planned | dict(typed or {})


def faults_of(fault: Invalid | Conflict | Gone | None) -> dict[str, str]:
    """The sentences by field; what concerns the whole step stands under `step`."""
    if fault is None:
        return {}
    if not isinstance(fault, Invalid):
        return {"step": fault.sentence}
    return {field.removeprefix("policy/"): told for field, told in fault.by_field().items()}


def bar_of(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """The answers as parts of a bar."""
    return [
        ("have signed", counts["signed"], "good"),
        ("ask for changes", counts["changes_requested"], "wait"),
        ("have declined", counts["declined"], "wrong"),
        ("have not answered", counts["unanswered"] + counts["withdrawn"], "rest"),
    ]


def done_words(params: Mapping[str, str]) -> str:
    """What the board says after a step."""
    if params.get("done") == "reminders" and params.get("n", "").isascii() and params.get("n", "").isdigit():
        number = int(params["n"][:6])
        return "1 reminder is on its way" if number == 1 else f"{number} reminders are on their way"
    return DONE.get(params.get("done", ""), "")


def year(text: str) -> int | None:
    """A year from a form's field; raises Invalid."""
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()) or len(text.strip()) > 4:
        raise Invalid.one("edition", "Give the year of a summit, such as 2026.")
    return int(text)
