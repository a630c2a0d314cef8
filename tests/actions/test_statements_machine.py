"""The life of a statement in any order, with deaths in the midst of it: what was signed stays what it was."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from summit_service import db, links
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.errors import SummitError
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot
from summit_service.members.tables import Organisation
from summit_service.statements import actions, comments, disputes, letters, queries, rules
from summit_service.statements.actions import AnswerForm
from summit_service.statements.tables import Dispute, Response
from summit_service.zones import wall_text
from tests import databases, no_secrets, walks
from tests.actions import statement_life as life
from tests.factories import give_role, make_person, representative_of, secretariat
from tests.factories_statements import VISITOR, give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, text_of

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = "আমরা হাসপাতালকে শোনার সময় দিতে বলি\n\nPatients who are heard get better care, {n}."
"""In a script without a font of ours: no reading copy is set, which would take most of the time."""
NAMES = ("Centre", "Museum", "Charity", "Hospice", "School", "Ward")
ZONES = ("Etc/UTC", "Etc/GMT+12", "Pacific/Kiritimati", "America/New_York")
HOURS = some.integers(1, 24 * 21)
IN_A_MAIL = re.compile(r"/(sign|delegations)/([A-Za-z0-9_-]{43})>")
CHOICES = ("signed", "signed", "declined", "changes_requested", "withdrawn", "reaffirmed")
DEATHS = some.one_of(some.none(), some.none(), some.integers(1, 24), some.integers(25, 80))
Url = Callable[[], str]
SEEN = {
    "signing",
    "silence counted",
    "delegated by mail",
    "reworking",
    "reaffirmed",
    "line corrected",
    "published",
    "erratum afterwards",
    "next afterwards",
    "late signed",
    "late withdrawn",
}
"""What no run of the walks may miss."""
WALKS = {"sqlite": 40, "postgres": 16}


class Killed(BaseException):
    """The process ends here and now."""


@contextmanager
def dying(after: int | None) -> Iterator[None]:
    """Die instead of the n-th query of what is done inside."""
    engine: Any = db.engine()
    left = iter(range((after or 1_000_000) - 1, -1, -1))

    def counted(real: Any) -> Any:
        async def run(*args: Any, **more: Any) -> Any:
            if next(left, 1) == 0:
                raise Killed
            return await real(*args, **more)

        return run

    engine.run_querystring, engine.run_text = counted(engine.run_querystring), counted(engine.run_text)
    try:
        yield
    finally:
        del engine.run_querystring, engine.run_text


class Letterbox(Postbox):
    """Takes mails as a server does, or says that there is nobody of that name."""

    takes, lost = True, ""

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        if not self.takes or envelope.recipient == self.lost:
            return Answer(Phase.RCPT, 550, "5.1.1 nobody of that name")
        return await super().send(envelope, before_dot=before_dot)


@dataclass
class Page:
    """A page that somebody has open: the link, the hash it shows, and the nonce once an answer is chosen."""

    token: str
    shown: str
    nonce: str = ""
    choice: str = ""


class Life(RuleBasedStateMachine):
    """One to six members and a desk around one statement."""

    loop: asyncio.AbstractEventLoop
    fresh: Url
    folder: Path
    reached: set[str]

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(
        start=some.sampled_from(["drafting", "signing", "signed", "silent", "handed on", "published"]),
        members=some.integers(1, 6),
    )
    def begin(self, start: str, members: int) -> None:
        self.now, self.n, self.size, self.next = THEN, 1, members, ""
        self.pages: list[Page] = []
        self.sent: list[tuple[Page, AnswerForm]] = []
        self.shown: dict[str, str] = {}
        self.zips: dict[int, bytes] = {}
        self.post, self.mailed = Letterbox(), dict[str, list[str]]()
        db.bind(db.connect(self.fresh()))
        self.do(self.people())
        self.refresh()
        self.checked_last = self.before
        self.go_on_to(start)

    def go_on_to(self, start: str) -> None:
        """Most walks begin on the way, so that they see the end too."""
        if start == "drafting":
            return
        self.by_desk(actions.freeze)
        self.refresh()
        self.by_desk(
            actions.open_for_signing,
            None,
            **self.closing(hours=24 * (31 if start == "silent" else 9)),
            policy_given="silence" if start == "silent" else "sign_on",
            late_days="" if start == "silent" else "30",
            early_end_days="0",
        )
        self.refresh()
        if start == "silent":
            self.post.lost = self.do(self.asked_last()) if self.size > 1 else ""
            self.deliver(takes=True)
            self.refresh()
        for who in (0, 1) if start in {"signed", "published"} else ():
            self.visit(who, "signed", "organisation", None)
            self.refresh()
        if start == "published":
            self.by_desk(actions.close, note="It is time.")
            self.refresh()
            self.by_desk(actions.publish)
            self.refresh()
        if start == "handed on":
            self.look(self.size - 1)
            self.refresh()
            self.hand_on_by_mail(0, is_confirmed=True, death=None)
            self.refresh()

    async def asked_last(self) -> str:
        """Whose mail will not arrive where silence is counted: no assent."""
        requests = await queries.requests_of(await queries.statement_by_slug(self.slug))
        person = await Person.objects().get(Person.id == requests[-1].person)
        return str(person.email) if person else ""

    def refresh(self) -> None:
        self.before = self.do(life.everything())

    async def people(self) -> None:
        self.desk: Actor = await secretariat()
        self.members: list[Organisation] = []
        self.speakers: list[Actor] = []
        self.others: dict[int, Person] = {}
        for name in NAMES[: self.size]:
            organisation = await make_member(name)
            self.members.append(organisation)
            self.speakers.append(await representative_of(organisation, name=f"Speaker of {name}"))
            self.others[organisation.id] = await make_person(f"Alternate of {name}")
            await give_role(self.others[organisation.id], "alternate", organisation=organisation)
        made = await actions.create_statement(
            actor=self.desk, now=self.now, title="Time to listen", text=TEXT.format(n=0)
        )
        self.slug, self.state = made.slug, made.state

    def act(self, work: Coroutine[Any, Any, Any], death: int | None) -> Any:
        """Do it whole or not at all; None when it was refused, or when somebody pulled the plug."""

        async def whole() -> Any:
            try:
                with dying(death):
                    return await work
            except (SummitError, Killed):
                assert await life.everything() == self.before
                return None

        return self.do(whole())

    def by_desk(self, verb: Any, death: int | None = None, **more: Any) -> Any:
        return self.act(verb(self.slug, actor=self.desk, now=self.now, **more), death)

    def closing(self, *, hours: int, zone: str = "Etc/UTC") -> dict[str, str]:
        """That instant to the minute, as it is typed in the zone."""
        wall = (self.now + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
        return {"closes_at": wall_text(wall), "timezone": zone}

    @rule(hours=some.one_of(some.sampled_from([1, 5, 24, 24 * 3, 24 * 20]), HOURS))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.state in rules.WRITABLE)
    @rule(death=DEATHS)
    def write(self, death: int | None) -> None:
        self.n += 1
        self.by_desk(actions.add_version, death, text=TEXT.format(n=self.n))

    @precondition(lambda self: self.state not in {"cancelled", "not_adopted"})
    @rule(death=DEATHS)
    def translate(self, death: int | None) -> None:
        """A text for reading only: what was signed, and every bundle, stays as it is."""
        self.n += 1
        words, role = f"Du temps pour écouter, {self.n}.", "courtesy"
        if self.by_desk(actions.add_version, death, text=words, language="fr", role=role) is not None:
            self.reached.add(f"translated while {self.state}")

    @precondition(lambda self: self.state in {"drafting", "revising"})
    @rule(days=some.integers(14, 20), zone=some.sampled_from(ZONES), death=DEATHS)
    def consult(self, days: int, zone: str, death: int | None) -> None:
        self.by_desk(actions.start_consultation, death, **self.closing(hours=24 * days + 1, zone=zone))

    @precondition(lambda self: self.state == "consulting")
    @rule(who=some.integers(0, 5), is_answered=some.booleans(), death=DEATHS)
    def comment(self, who: int, is_answered: bool, death: int | None) -> None:
        speaker, organisation = self.speakers[who % self.size], self.members[who % self.size].slug
        version = self.do(self.newest_version())
        form = actions.CommentForm(language="en", version=version, body=f"Say why, {self.now}.")
        said = self.act(
            actions.comment(self.slug, form, organisation=organisation, actor=speaker, now=self.now), death
        )
        if said is not None and is_answered:
            self.refresh()
            self.by_desk(actions.dispose, None, comment_id=said.id, kind="accepted", reason="Yes.")

    async def newest_version(self) -> int:
        statement = await queries.statement_by_slug(self.slug)
        return int((await queries.versions_of(statement))[0].n)

    @precondition(lambda self: self.state in rules.WRITABLE)
    @rule(death=DEATHS)
    def freeze(self, death: int | None) -> None:
        waiting = self.do(self.unanswered())
        made = self.by_desk(actions.freeze, death)
        assert made is None or not waiting

    async def unanswered(self) -> int:
        return await comments.waiting(await queries.statement_by_slug(self.slug))

    @precondition(lambda self: self.state == "frozen")
    @rule(
        hours=HOURS,
        zone=some.sampled_from(ZONES),
        policy=some.sampled_from(["sign_on", "sign_on", "consensus", "unanimous", "silence"]),
        late=some.sampled_from(["", "30"]),
        death=DEATHS,
    )
    def open(self, hours: int, zone: str, policy: str, late: str, death: int | None) -> None:
        late = late if policy not in {"unanimous", "silence"} else ""
        more = {
            **self.closing(hours=24 * 31 if policy == "silence" else hours, zone=zone),
            "policy_given": policy,
            "late_days": late,
            "early_end_days": "0",
        }
        self.by_desk(actions.open_for_signing, death, **more)

    @precondition(lambda self: self.state in {"signing", "published"})
    @rule(takes=some.booleans())
    def deliver(self, takes: bool) -> None:
        """The mailer's round; that it may be killed at any moment is shown by the tests of the mailer."""
        self.post.takes = takes
        for mail in self.do(self.post.deliver(self.now)):
            for kind, token in IN_A_MAIL.findall(text_of(mail)):
                self.mailed.setdefault(kind, []).append(token)

    @precondition(lambda self: self.mailed.get("sign"))
    @rule(which=some.integers(0, 99))
    def look_by_mail(self, which: int) -> None:
        """By the link as it was mailed, whoever has been asked since."""
        self.do(self.opening(self.mailed["sign"][which % len(self.mailed["sign"])]))

    @precondition(lambda self: self.state in {"signing", "published"})
    @rule(who=some.integers(0, 5))
    def look(self, who: int) -> None:
        self.do(self.looking(self.members[who % self.size]))

    async def looking(self, member: Organisation) -> None:
        statement = await queries.statement_by_slug(self.slug)
        mine = [r for r in await queries.requests_of(statement) if r.organisation == member.id]
        ends = statement.closes_at + rules.RECEIPT_LIFE
        token = await links.issue(letters.PURPOSE, subject=str(mine[0].id), now=self.now, expires_at=ends)
        letter = await self.opening(token)
        assert letter is None or letter.text_set.id == statement.text_set

    async def opening(self, token: str) -> letters.Letter | None:
        letter = await letters.letter_of(token, now=self.now)
        if letter is not None:
            self.pages.append(Page(token, letter.text_set.sha256))
        return letter

    @precondition(lambda self: self.state in {"signing", "published"})
    @rule(
        who=some.integers(0, 5),
        choice=some.sampled_from(CHOICES),
        capacity=some.sampled_from(["organisation", "organisation", "personal"]),
        death=DEATHS,
    )
    def visit(self, who: int, choice: str, capacity: str, death: int | None) -> None:
        """All of it at once, as most people do."""
        self.look(who)
        pages = len(self.pages)
        self.refresh()
        self.choose(0, choice, None)
        if len(self.pages) > pages:
            self.refresh()
            self.answer(0, capacity, death)

    @precondition(lambda self: self.pages)
    @rule(which=some.integers(0, 99), choice=some.sampled_from(CHOICES), death=DEATHS)
    def choose(self, which: int, choice: str, death: int | None) -> None:
        """The last page that was opened as a rule, an old one now and then."""
        page = self.pages[-1 - max(0, which - 70) % len(self.pages)]
        review = actions.review(page.token, choice=choice, text_set_sha256=page.shown, now=self.now)
        made = self.act(review, death)
        if made is not None:
            self.pages.append(Page(page.token, page.shown, made.nonce, choice))

    @precondition(lambda self: any(page.nonce for page in self.pages))
    @rule(
        which=some.integers(0, 99),
        capacity=some.sampled_from(["organisation", "organisation", "personal"]),
        death=DEATHS,
    )
    def answer(self, which: int, capacity: str, death: int | None) -> None:
        chosen = [page for page in self.pages if page.nonce]
        page = chosen[-1 - max(0, which - 70) % len(chosen)]
        self.send(page, self.form(page, page.shown, capacity), death)

    @precondition(lambda self: any(page.nonce for page in self.pages))
    @rule(which=some.integers(0, 99))
    def answer_about_what_is_frozen_now(self, which: int) -> None:
        """With the hash of today's text in a form of yesterday's: never taken unless it is the same text."""
        page = [page for page in self.pages if page.nonce][which % len([p for p in self.pages if p.nonce])]
        text_set = self.do(self.text_set())
        if text_set is not None:
            self.send(page, self.form(page, text_set.sha256, "organisation"), None)

    async def text_set(self) -> Any:
        return await queries.text_set_of(await queries.statement_by_slug(self.slug))

    @precondition(lambda self: self.sent)
    @rule(which=some.integers(0, 99))
    def send_again(self, which: int) -> None:
        page, form = self.sent[which % len(self.sent)]
        before = self.do(Response.count().run())
        kept = self.act(actions.answer(page.token, form, visitor=VISITOR, agent="", now=self.now), None)
        assert kept is None or kept.record_id in self.shown
        assert self.do(Response.count().run()) == before

    def form(self, page: Page, text_hash: str, capacity: str) -> AnswerForm:
        reason = "The third paragraph says too much." if page.choice == "changes_requested" else ""
        return AnswerForm(
            nonce=page.nonce,
            text_set_sha256=text_hash,
            attested=True,
            name="Ana",
            capacity=capacity,
            reason=reason,
        )

    def send(self, page: Page, form: AnswerForm, death: int | None) -> None:
        kept = self.act(actions.answer(page.token, form, visitor=VISITOR, agent="", now=self.now), death)
        if kept is not None:
            self.shown.setdefault(kept.record_id, page.shown)
            self.sent.append((page, form))
            self.reached.add(f"late {kept.kind}" if kept.is_late else kept.kind)

    @precondition(lambda self: self.state == "signing" and self.pages)
    @rule(which=some.integers(0, 99), death=DEATHS)
    def hand_on(self, which: int, death: int | None) -> None:
        page = self.pages[which % len(self.pages)]
        letter = self.do(letters.letter_of(page.token, now=self.now))
        if letter is not None:
            other = self.others[letter.organisation.id].id
            if self.act(actions.delegate(page.token, person_id=other, now=self.now), death):
                self.reached.add("delegated")

    @precondition(lambda self: self.state == "signing" and self.pages)
    @rule(which=some.integers(0, 99), is_confirmed=some.sampled_from([True, True, False]), death=DEATHS)
    def hand_on_by_mail(self, which: int, is_confirmed: bool, death: int | None) -> None:
        """To somebody new: nothing changes before the main contact, who is mailed, has said yes."""
        page = self.pages[which % len(self.pages)]
        email = f"deputy{len(self.post.messages)}@people.example"
        named = actions.propose_delegate(page.token, name="The Deputy", email=email, now=self.now)
        if self.act(named, death) is None:
            return
        self.deliver(takes=True)
        self.refresh()
        if links_mailed := self.mailed.get("delegations"):
            said = actions.settle_delegation(links_mailed[-1], is_confirmed=is_confirmed, now=self.now)
            if self.act(said, death) is not None:
                self.do(self.handed_on(page.token, email, is_confirmed))

    async def handed_on(self, token: str, email: str, is_confirmed: bool) -> None:
        letter = await letters.letter_of(token, now=self.now)
        assert letter is not None
        assert (letter.person.email == email) == is_confirmed
        assert (letter.standing == "delegated") == is_confirmed
        self.reached.add("delegated by mail" if is_confirmed else "delegate refused")

    @precondition(lambda self: self.state == "signing" and self.pages)
    @rule(which=some.integers(0, 99), days=some.integers(0, 9), death=DEATHS)
    def say_otherwise(self, which: int, days: int, death: int | None) -> None:
        """That we ask the wrong person, or when to be reminded: no answer, and nothing in its way."""
        token = self.pages[which % len(self.pages)].token
        if days:
            day = f"{self.now + timedelta(days=days):%Y-%m-%d}"
            said: Any = actions.remind_me_on(token, day=day, now=self.now)
        else:
            said = actions.tell_wrong_person(token, words="She has left.", confirmed=True, now=self.now)
        if self.act(said, death) is not None:
            self.reached.add("wants a reminder")

    @precondition(lambda self: self.state in {"closed", "adopted"} and self.sent)
    @rule(which=some.integers(0, 99), death=DEATHS)
    def correct_line(self, which: int, death: int | None) -> None:
        page, _ = self.sent[which % len(self.sent)]
        work = actions.correct_line(
            page.token,
            printed=f"Prof. Ana {which}",
            text_set_sha256=page.shown,
            confirmed=True,
            visitor=VISITOR,
            agent="",
            now=self.now,
        )
        if self.act(work, death) is not None:
            self.reached.add("line corrected")

    @precondition(lambda self: self.shown)
    @rule(which=some.integers(0, 99), death=DEATHS)
    def dispute(self, which: int, death: int | None) -> None:
        record = list(self.shown)[which % len(self.shown)]
        self.do(self.disputing(record, death))

    async def disputing(self, record: str, death: int | None) -> None:
        ends = self.now + rules.DISPUTE_LIFE
        subject = f"{record}:signatory"
        token = await links.issue(disputes.PURPOSE, subject=subject, now=self.now, expires_at=ends)
        before = await life.everything()
        try:
            with dying(death):
                await actions.raise_dispute(token, reason="Not me.", confirmed=True, now=self.now)
        except (SummitError, Killed):
            assert await life.everything() == before

    @precondition(lambda self: self.shown)
    @rule(outcome=some.sampled_from(["upheld", "rejected"]), death=DEATHS)
    def settle_dispute(self, outcome: str, death: int | None) -> None:
        found = self.do(Dispute.objects().where(Dispute.settled_at.is_null()).first().run())
        if found is not None:
            work = actions.settle_dispute(
                found.id, actor=self.desk, now=self.now, outcome=outcome, note="We asked."
            )
            if self.act(work, death):
                self.reached.add(f"dispute {outcome}")

    @precondition(lambda self: self.shown)
    @rule(which=some.integers(0, 99), death=DEATHS)
    def erase(self, which: int, death: int | None) -> None:
        record = list(self.shown)[which % len(self.shown)]
        self.act(actions.erase_private(record, actor=self.desk, now=self.now, note="Asked for."), death)

    @precondition(lambda self: self.state in {"frozen", "signing"})
    @rule(death=DEATHS, is_meant=some.integers(0, 3))
    def rework(self, death: int | None, is_meant: int) -> None:
        if not is_meant:
            self.by_desk(actions.rework, death)

    @precondition(lambda self: self.state == "signing" and self.shown)
    @rule(death=DEATHS, by_deadline=some.booleans())
    def close(self, death: int | None, by_deadline: bool) -> None:
        if by_deadline:
            self.act(actions.close_overdue(self.now), death)
        else:
            self.by_desk(actions.close, death, note="It is time.")

    @precondition(lambda self: self.state in {"closed", "adopted"})
    @rule(death=DEATHS)
    def publish(self, death: int | None) -> None:
        self.by_desk(actions.publish, death)

    @precondition(lambda self: self.state == "published")
    @rule(verb=some.sampled_from(["erratum", "letter", "next"]), who=some.integers(0, 5), death=DEATHS)
    def afterwards(self, verb: str, who: int, death: int | None) -> None:
        if verb == "erratum":
            made = self.by_desk(actions.add_erratum, death, text="Read “care” for “core”.")
        elif verb == "letter":
            member = self.members[who % self.size].slug
            made = self.by_desk(actions.record_withdrawal, death, organisation=member, note="Their letter.")
        else:
            self.next = self.next or self.do(self.next_statement())
            self.refresh()
            made = self.by_desk(actions.supersede, death, by=self.next)
        if made is not None:
            self.reached.add(f"{verb} afterwards")

    async def next_statement(self) -> str:
        """Another one that is published, whose answers and bundle are its own."""
        made = await make_open(self.desk, now=self.now, title="More time", text=TEXT.format(n="more"))
        await give_answer(await link_to(made, self.members[0], now=self.now), now=self.now)
        await actions.close(made.slug, actor=self.desk, now=self.now, note="It is time.")
        await actions.publish(made.slug, actor=self.desk, now=self.now)
        return str(made.slug)

    @rule(
        verb=some.sampled_from(["freeze", "rework", "close", "settle", "publish", "remind", "cancel"]),
        is_meant=some.integers(0, 5),
    )
    def out_of_turn(self, verb: str, is_meant: int) -> None:
        """Whatever anybody presses whenever; what ends a walk or takes it back is pressed seldom."""
        if verb not in {"cancel", "rework", "close"} or is_meant == 5:
            self.by_desk(getattr(actions, verb))

    @invariant()
    def holds(self) -> None:
        self.do(self.checked())

    async def checked(self) -> None:
        after = await life.everything()
        if after == self.checked_last:
            return
        life.check_only_added(self.checked_last, after)
        self.checked_last = after
        seen = await life.seen(self.slug)
        self.before, self.state = after, seen.statement.state
        self.reached.add(self.state)
        self.reached |= {"silence counted"} if life.is_silence_counted(seen) else set()
        life.check_chain(seen)
        await life.check_commitments(seen)
        await life.check_texts(seen, self.shown)
        await life.check_tally(seen)
        await life.check_bundles(seen, self.zips)

    def go_to_the_end(self) -> None:
        """The deadline passes, what is disputed is settled, and what may be published is: its bundle verifies too."""
        if self.state not in {"signing", "closed", "adopted"}:
            return
        self.now += timedelta(days=32)
        for _ in range(self.do(Dispute.count().where(Dispute.settled_at.is_null()).run())):
            self.settle_dispute("rejected", None)
            self.refresh()
        assert not self.do(Dispute.exists().where(Dispute.settled_at.is_null()).run())
        self.act(actions.close_overdue(self.now), None)
        self.holds()
        self.by_desk(actions.publish)
        self.holds()
        is_satisfied = self.do(life.seen(self.slug)).is_satisfied
        assert self.state == ("published" if is_satisfied else "closed")

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.go_to_the_end()
        self.do(no_secrets.check_database(self.folder))
        self.do(db.close())


@pytest.fixture
def fresh_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Url:
    """A new migrated database each time it is called."""
    if database_kind == "postgres":
        url: Url = request.getfixturevalue("emptied_postgres").url
        return url
    template = request.getfixturevalue("sqlite_template")

    return lambda: databases.sqlite_copy(template, tmp_path)


@pytest.mark.timeout(walks.patience(600))  # five minutes of it to shorten the walk that fails
def test_statement_keeps_what_was_signed_whatever_happens(
    fresh_url: Url, database_kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("summit_service.sqlite_connection.PRAGMAS", ("PRAGMA synchronous=OFF",))
    loop, reached = asyncio.new_event_loop(), set[str]()
    machine = type(
        "LifeHere",
        (Life,),
        {"loop": loop, "fresh": staticmethod(fresh_url), "reached": reached, "folder": tmp_path},
    )
    try:
        run_state_machine_as_test(machine, settings=walks.walks(WALKS[database_kind], steps=20))
        for start, days in (("silent", 32), ("handed on", 10)):
            walk_to_the_end(machine(), start, days)
        walk_to_another_text(machine())
    finally:
        loop.close()
    assert reached >= SEEN


def walk_to_the_end(life_here: Any, start: str, days: int) -> None:
    """What chance meets too seldom: one signs, the others are silent, the deadline, publication, and what comes then.

    Where the policy lets members join late, one does; another withdraws.
    """
    life_here.begin(start, 3)
    life_here.visit(0, "signed", "organisation", None)
    life_here.holds()
    life_here.wait(24 * days)
    life_here.close(None, by_deadline=True)
    life_here.holds()
    life_here.correct_line(0, None)
    life_here.holds()
    life_here.publish(None)
    life_here.holds()
    for verb in ("erratum", "next"):
        life_here.afterwards(verb, 0, None)
        life_here.holds()
    for who, choice in ((1, "signed"), (0, "withdrawn")):
        life_here.visit(who, choice, "organisation", None)
        life_here.holds()
    life_here.teardown()


def walk_to_another_text(life_here: Any) -> None:
    """Two have signed and a third is about to when the text is taken back: one signs the next text, too.

    The page of the text before takes no answer to either, and who signed that alone is not counted.
    """
    life_here.begin("signed", 3)
    life_here.look(2)
    life_here.holds()
    life_here.choose(0, "signed", None)
    life_here.holds()
    page = life_here.pages[-1]
    life_here.rework(None, is_meant=0)
    life_here.holds()
    life_here.write(None)
    life_here.holds()
    life_here.freeze(None)
    life_here.holds()
    life_here.open(24 * 9, "Etc/UTC", "sign_on", "30", None)
    life_here.holds()
    assert life_here.state == "signing"
    given = life_here.do(Response.count().run())
    for text_hash in (page.shown, life_here.do(life_here.text_set()).sha256):
        life_here.send(page, life_here.form(page, text_hash, "organisation"), None)
        life_here.holds()
    assert page.shown != text_hash
    assert life_here.do(Response.count().run()) == given
    life_here.visit(0, "reaffirmed", "organisation", None)
    life_here.holds()
    assert life_here.do(Response.count().run()) == given + 1
    life_here.teardown()
    assert life_here.state == "published"
