"""No action forgets the journal: each that opens a transaction writes a note, or stands here with its reason.

What a link does to a statement (an answer, a dispute) has no actor, and is in that statement's own ledger.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "summit_service"
BY_LINK = "whoever has a mailed link does it; its own rows and mails tell of it"
OWN = "concerns nobody but the person, and stands on their own page"
HOUSE = "nobody presses it: dates alone bring it about"
MACHINE = "what the mailer does; each mail has a history of its own"
NOT_NOTED: dict[str, str] = {
    "accounts.actions.request_sign_in": "anybody may ask; the mail is in the outbox",
    "accounts.actions.sign_in": OWN,
    "accounts.actions.sign_out": OWN,
    "accounts.actions.end_login": OWN,
    "accounts.actions.end_other_logins": OWN,
    "agendas.actions.star": "a visitor's own stars, of whom nothing is known",
    "agendas.actions.unstar": "a visitor's own stars, of whom nothing is known",
    "agendas.actions.replace_key": "a visitor's own stars, of whom nothing is known",
    "agendas.actions.open_for": BY_LINK,
    "agendas.actions.note_fetch": "an app comes for a feed",
    "agendas.actions.erase_old": HOUSE,
    "consortia.actions.keeping._erase": HOUSE,
    "consortia.actions.keeping._remind": HOUSE,
    "consortia.actions.keeping._tell_of_call": HOUSE,
    "contributions.actions.erasing._erase_of": HOUSE,
    "speakers.actions.erase_old": HOUSE,
    "contributions.actions.submitting.submit": BY_LINK,
    "contributions.actions.submitting.change": BY_LINK,
    "contributions.actions.submitting.withdraw": BY_LINK,
    "desk.actions.choose_morning": OWN,
    "desk.actions.forget_mornings": HOUSE,
    "desk.actions._is_due": HOUSE,
    "desk.holding.forget_done": HOUSE,
    "desk.actions._tell": HOUSE,
    "digests.actions.choose": OWN,
    "digests.actions._send": HOUSE,
    "preferences.actions.send_test_mail": "a test mail to oneself changes nothing",
    "doctor.queue_test_mail": "a test mail by the operator changes nothing",
    "enquiries.actions.enquire": BY_LINK,
    "enquiries.actions.confirm": BY_LINK,
    "enquiries.actions.erase_old": HOUSE,
    "enquiries.actions._take_in_answer": MACHINE,
    "events.actions.uploads.keep_upload": "a file laid aside for its own reader; what is taken of it is noted",
    "events.actions.upkeep.recompute_instants": HOUSE,
    "events.actions.upkeep.render_again": HOUSE,
    "feeds.actions.make_feed": OWN,
    "feeds.actions.end_feed": OWN,
    "feeds.actions.note_fetch": "an app comes for a feed",
    "feeds.agenda_lateness._tell": HOUSE,
    "feeds.lateness.tell_late": HOUSE,
    "following.keeping._claim": HOUSE,
    "following.keeping._finish": HOUSE,
    "journal.actions._seal_batch": "the journal itself",
    "mail.actions._choose": BY_LINK,
    "mail.actions.choose_streams": OWN,
    "mail.inbox.forget_old": HOUSE,
    "mail.inbox.receive": MACHINE,
    "mail.inbox._unsubscribe": MACHINE,
    "mail.outcomes.settle": MACHINE,
    "mail.queue.take": MACHINE,
    "mail.queue.give_back": MACHINE,
    "mail.queue.recover": MACHINE,
    "mail.queue.stop_late": MACHINE,
    "sent_files.actions.keep": "a file laid aside for its own reader; what is taken of it is noted",
    "resources.actions.comments.forget_hidden": HOUSE,
    "resources.actions.link_checks._begin": HOUSE,
    "resources.actions.link_checks._claim": HOUSE,
    "resources.actions.link_checks._keep": HOUSE,
    "resources.actions.telling._tell": HOUSE,
    "registrations.actions.arranging._tell": HOUSE,
    "registrations.actions.erasing._erase_edition": HOUSE,
    "registrations.actions.erasing._erase_invitations": HOUSE,
    "registrations.actions.erasing._forget_arrangers": HOUSE,
    "registrations.actions.invitations.decline_invitation": BY_LINK,
    "registrations.actions.invitations.accept_invitation": BY_LINK,
    "registrations.actions.letters.ask_for_letter": BY_LINK,
    "registrations.actions.letters.end_letter": BY_LINK,
    "registrations.actions.manage.change_details": BY_LINK,
    "registrations.actions.manage.change_attendance": BY_LINK,
    "registrations.actions.manage.stop_waiting": BY_LINK,
    "registrations.actions.manage.cancel": BY_LINK,
    "registrations.actions.offers.accept": BY_LINK,
    "registrations.actions.offers.decline": BY_LINK,
    "registrations.actions.offers.fill_places": HOUSE,
    "registrations.actions.register.register": BY_LINK,
    "registrations.actions.sign_up.leave": BY_LINK,
    "registrations.actions.sign_up.sign_up": BY_LINK,
    "statements.actions.answering.review": BY_LINK,
    "statements.actions.handing_on.remind_me_on": BY_LINK,
    "statements.actions.handing_on.tell_wrong_person": BY_LINK,
    "statements.actions.stamping._rest": HOUSE,
    "statements.actions.stamping._stamp": HOUSE,
}
"""What is no deed of the secretariat, a representative or a token, or no deed of consequence; with the reason."""


def test_every_action_is_noted_or_says_why_not() -> None:
    forgotten = [name for name in acting() if not notes(name) and name not in NOT_NOTED]

    assert forgotten == [], (
        "These open a transaction and write no journal.note(...): add one (verbs: journal/rules.py), "
        "or list them in NOT_NOTED above with the reason."
    )


def test_list_of_those_not_noted_has_nothing_superfluous() -> None:
    known = acting()

    assert [name for name in NOT_NOTED if name not in known or notes(name)] == []


def test_action_that_forgets_would_be_found() -> None:
    assert "events.actions.states.discard_event" in acting()
    assert notes("events.actions.states.discard_event")
    assert not notes("mail.queue.take")


@cache
def functions() -> dict[str, ast.AsyncFunctionDef]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AsyncFunctionDef):
                found[f"{module}.{node.name}"] = node
    return found


@cache
def imports(module: str) -> dict[str, str]:
    """What a name at the top of a module stands for, within this package."""
    path = PACKAGE / Path(*module.split("."))
    file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
    found = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("summit_service"):
            source = (node.module or "").removeprefix("summit_service").lstrip(".")
            for alias in node.names:
                found[alias.asname or alias.name] = f"{source}.{alias.name}".lstrip(".")
    return found


def acting() -> list[str]:
    """Every function that opens a transaction of its own."""
    return [name for name in functions() if "db.transaction" in called(name)]


def called(name: str) -> set[str]:
    """What a function calls, as full names where they are of this package."""
    module = name.rpartition(".")[0]
    known = imports(module)
    found = set()
    for node in ast.walk(functions()[name]):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            found.add(known.get(node.func.id, f"{module}.{node.func.id}"))
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            found.add(f"{known.get(node.func.value.id, node.func.value.id)}.{node.func.attr}")
    return found


def defined(name: str) -> str:
    """Where a function is that a package hands on under its own name."""
    module, _, function = name.rpartition(".")
    package = PACKAGE.joinpath(*module.split("."), "__init__.py")
    is_handed_on = name not in functions() and module and package.is_file()
    return imports(module).get(function, name) if is_handed_on else name


def notes(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether this function writes a note, itself or by what it calls."""
    name = defined(name)
    if name in seen or name not in functions():
        return False
    reached = called(name)
    return not reached.isdisjoint({"journal.note", "journal.note_all"}) or any(
        notes(other, seen | {name}) for other in reached
    )
