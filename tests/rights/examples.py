"""What stands in a second summit, in a published statement and in the mail, for what the walk empties elsewhere.

Another edition, because the walk puts an empty programme and no questions into the first one before it comes here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.mail.tables import BouncingAddress, ReceivedMail
from summit_service.members.tables import Organisation
from summit_service.registrations import actions as registrations
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Letter
from summit_service.speakers import actions as speakers
from summit_service.statements import actions as statements
from summit_service.statements.tables import Dispute
from summit_service.summits.actions import files as programme_files
from tests import factories_registrations, factories_statements, factories_summits
from tests.factories_registrations import registration_of

Examples = tuple[tuple[str, str], ...]
YEAR = 2028
SUMMIT = "/summits/{year:int}"
STATEMENT = "/desk/statements/{slug:str}"


async def more_examples(desk: Actor, member: Actor, right: Organisation, *, now: datetime) -> Examples:
    """As `World.examples`; they go before those, whose parts are shorter."""
    return (
        *await _programme(now=now),
        await _programme_file(desk, now=now),
        *await _delegates(now=now),
        *await _statements(desk, member, right, now=now),
        *await _mails(now=now),
    )


async def _programme(*, now: datetime) -> Examples:
    """A draft of two sessions, one of them with a speaker whose letter of thanks is due; questions; a sign-up."""
    await factories_registrations.make_edition(
        year=YEAR, title="Summit 2028", starts_on=date(YEAR, 9, 11), ends_on=date(YEAR, 9, 12)
    )
    hours = {"starts_at": "2028-09-11T09:00", "ends_at": "2028-09-11T10:00"}
    sessions = [
        factories_summits.session("x", speakers=["Ada Voice"], **hours),
        factories_summits.session("Last words", room="Library", **hours),
    ]
    await factories_summits.release(factories_summits.programme(*sessions), now=now, year=YEAR)
    await speakers.put_addresses(YEAR, "Ada Voice; ada@voice.example", actor=OPERATOR, now=now)
    questions = [Asked(key=key, label=f"What {key}?", kind="text") for key in ("diet", "size")]
    await registrations.set_questions(YEAR, questions, actor=OPERATOR, now=now)
    await registrations.set_sign_up(
        YEAR, "x", places_wanted=5, attendance="", is_open=True, actor=OPERATOR, now=now
    )
    letter = f"{YEAR}/afterwards/letter.pdf?to=ada@voice.example"
    return (
        (f"/desk{SUMMIT}/afterwards/letter.pdf", letter),
        (f"/desk{SUMMIT}/sessions/{{session_id:str}}/removal", f"{YEAR}/sessions/last-words/removal"),
        (f"/desk{SUMMIT}/sessions/{{session_id:str}}", f"{YEAR}/sessions/x"),
        (f"/desk{SUMMIT}/questions/{{key:str}}/position", f"{YEAR}/questions/diet/position"),
        (f"/desk{SUMMIT}/questions/{{key:str}}/retirement", f"{YEAR}/questions/size/retirement"),
        (f"/api/v1{SUMMIT}/programme/moves", f"{YEAR}/programme/moves"),
        (f"/api/v1{SUMMIT}/sign-ups/{{session:str}}", f"{YEAR}/sign-ups/x"),
    )


async def _programme_file(desk: Actor, *, now: datetime) -> tuple[str, str]:
    """A file of a programme that waits to be taken in."""
    file = await programme_files.keep_file(YEAR, b'{"sessions": []}', name="walk.json", actor=desk, now=now)
    return (f"/desk{SUMMIT}/programme/files/{{file_id:int}}", f"{YEAR}/programme/files/{file.id}")


async def _delegates(*, now: datetime) -> Examples:
    """Somebody with a place, letters that were asked for, invitations that are open."""
    letters = [await _letter(name, now=now) for name in ("Ida", "Ira")]
    third = await _letter("Ivo", now=now)
    invited = [
        await registrations.invite(
            YEAR, name=name, email=f"{name}@guest.example", attendance="online", actor=OPERATOR, now=now
        )
        for name in ("gil", "gus")
    ]
    return (
        (f"/api/v1{SUMMIT}/badges.pdf", f"{YEAR}/badges.pdf"),
        (f"/desk{SUMMIT}/badges.pdf", f"{YEAR}/badges.pdf"),
        (f"/api/v1{SUMMIT}/letters/{{letter_id:int}}/approval", f"{YEAR}/letters/{letters[0]}/approval"),
        (f"/api/v1{SUMMIT}/letters/{{letter_id:int}}/refusal", f"{YEAR}/letters/{letters[1]}/refusal"),
        (f"/desk{SUMMIT}/letters/{{letter_id:int}}/approval", f"{YEAR}/letters/{third}/approval"),
        (
            f"/api/v1{SUMMIT}/invitations/{{invitation_id:int}}/withdrawal",
            f"{YEAR}/invitations/{invited[0].id}/withdrawal",
        ),
        (
            f"/desk{SUMMIT}/invitations/{{number:int}}/withdrawal",
            f"{YEAR}/invitations/{invited[1].id}/withdrawal",
        ),
    )


async def _letter(name: str, *, now: datetime) -> int:
    await factories_registrations.register(
        name, now=now, year=YEAR, attendance="in_person" if name == "Ida" else "online"
    )
    delegate = await registration_of(name)
    row = Letter(
        registration=delegate.id,
        edition=delegate.edition,
        state="asked",
        asked_at=now,
        passport_name=f"{name} Walk",
        passport_number="X1234567",
        nationality="FR",
        birth_date=date(1980, 1, 2),
        arrives_on=date(YEAR, 9, 10),
        leaves_on=date(YEAR, 9, 13),
    )
    await row.save()
    return int(row.id)


async def _statements(desk: Actor, member: Actor, right: Organisation, *, now: datetime) -> Examples:
    """A published statement with a signature that is disputed, and a comment with a wording of its own."""
    opened = await factories_statements.make_open(desk, now=now, title="Heard and signed")
    answer = await factories_statements.give_answer(
        await factories_statements.link_to(opened, right, now=now), now=now
    )
    later = now + timedelta(days=1)
    await statements.close(opened.slug, actor=desk, now=later, note="It is time.")
    await statements.publish(opened.slug, actor=desk, now=later)
    dispute = Dispute(
        response=answer.id, raised_at=now, raised_by="signatory", name="Ana", email="ana@walk.example"
    )
    await dispute.save()
    form = statements.CommentForm(
        language="en", version=1, paragraph=1, body="Shorter.", wording="We listen."
    )
    comment = await statements.comment("for-comments", form, organisation="right", actor=member, now=now)
    adopted = f"for-comments/comments/{comment.id}/adoption"
    return (
        ("/statements/{slug:str}/comments/{comment_id:int}/adoption", adopted),
        ("/desk/disputes/{number:int}", str(dispute.id)),
        (
            "/statements/{slug:str}/disputes/{dispute_id:int}/settlement",
            f"{opened.slug}/disputes/{dispute.id}/settlement",
        ),
        (f"{STATEMENT}/asked/{{organisation:str}}", f"{opened.slug}/asked/right"),
        *((f"{STATEMENT}/{step}", f"{opened.slug}/{step}") for step in _AFTERWARDS),
    )


_AFTERWARDS = ("afterwards", "erratum", "supersession", "withdrawal")


async def _mails(*, now: datetime) -> Examples:
    """A mail that nobody has sorted, and an address that takes no mail."""
    unread = ReceivedMail(digest="walk", kind="unknown", received_at=now)
    await unread.save()
    bouncing = BouncingAddress(email_key="gone@walk.example", since=now, message=0)
    await bouncing.save()
    other = BouncingAddress(email_key="lost@walk.example", since=now, message=0)
    await other.save()
    return (
        ("/mails/addresses/{identifier:int}", str(other.id)),
        ("/mails/received/addresses/{identifier:int}/settled", f"{other.id}/settled"),
        ("/desk/mails/received/{identifier:int}/seen", f"{unread.id}/seen"),
        ("/desk/mails/received/addresses/{identifier:int}/works", f"{bouncing.id}/works"),
    )
