"""The rules of sending: what follows from an answer, and when a mail is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from summit_service.mail.rules import Answer, Phase, Verdict, delay, last_moment, one_line, verdict_on

C, A, M, R, D, DOT = Phase
THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phase", "code", "text", "verdict"),
    [
        (DOT, 250, "2.0.0 taken", Verdict.ACCEPTED),
        (C, None, "connection refused", Verdict.DEFERRED),
        (M, None, "connection lost", Verdict.DEFERRED),
        (D, None, "connection lost", Verdict.DEFERRED),
        (DOT, None, "connection lost", Verdict.UNCERTAIN),
        (C, 421, "4.3.2 too busy", Verdict.DEFERRED),
        (A, 454, "4.7.0 try later", Verdict.DEFERRED),
        (M, 451, "4.3.0 try later", Verdict.DEFERRED),
        (R, 450, "4.2.1 greylisted", Verdict.DEFERRED),
        (DOT, 452, "4.3.1 no room", Verdict.DEFERRED),
        (R, 450, "4.7.1 too many from you", Verdict.SLOWED),
        (DOT, 421, "4.7.28 rate limited", Verdict.SLOWED),
        (R, 550, "5.1.1 no such mailbox", Verdict.FAILED),
        (R, 550, "no such mailbox", Verdict.FAILED),
        (R, 554, "5.7.1 relaying denied", Verdict.REFUSED),
        (C, 554, "5.7.1 you are blocked", Verdict.REFUSED),
        (A, 535, "5.7.8 wrong password", Verdict.REFUSED),
        (M, 553, "5.1.8 sender unknown", Verdict.REFUSED),
        (D, 554, "5.5.1 no", Verdict.REFUSED),
        (DOT, 554, "5.6.0 content refused", Verdict.REFUSED),
        (D, 250, "an answer out of turn", Verdict.DEFERRED),
    ],
)
def test_verdict_follows_phase_and_code(phase: Phase, code: int | None, text: str, verdict: Verdict) -> None:
    assert verdict_on(Answer(phase, code, text)) is verdict


ANSWERS: dict[str, tuple[int | None, str]] = {
    "nothing": (None, "connection lost"),
    "2yz": (250, "2.0.0 fine"),
    "421": (421, "4.3.2 closing"),
    "4yz": (451, "4.3.0 not now"),
    "4.7.x": (450, "4.7.1 slow down"),
    "5yz": (550, "5.1.1 no"),
    "5.7.x": (550, "5.7.1 not you"),
}
YES, LATER, SLOW, NO, PAUSE, WHO_KNOWS = (
    Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.SLOWED, Verdict.FAILED, Verdict.REFUSED, Verdict.UNCERTAIN,
)  # fmt: skip
TABLE: dict[Phase, tuple[Verdict, ...]] = {
    # nothing, 2yz, 421, 4yz, 4.7.x, 5yz, 5.7.x
    C: (LATER, LATER, LATER, LATER, LATER, PAUSE, PAUSE),
    A: (LATER, LATER, LATER, LATER, LATER, PAUSE, PAUSE),
    M: (LATER, LATER, LATER, LATER, SLOW, PAUSE, PAUSE),
    R: (LATER, LATER, LATER, LATER, SLOW, NO, PAUSE),
    D: (LATER, LATER, LATER, LATER, SLOW, PAUSE, PAUSE),
    DOT: (WHO_KNOWS, YES, LATER, LATER, SLOW, PAUSE, PAUSE),
}


@pytest.mark.parametrize("phase", Phase)
def test_table_of_answers_is_whole(phase: Phase) -> None:
    verdicts = tuple(verdict_on(Answer(phase, code, text)) for code, text in ANSWERS.values())

    assert verdicts == TABLE[phase]


@pytest.mark.parametrize("phase", [M, R, D, DOT])
def test_mail_that_alone_is_refused_pauses_nobody(phase: Phase) -> None:
    for code, text in ((550, "5.1.1 no"), (550, "5.7.1 not you")):
        assert verdict_on(Answer(phase, code, text), refused_alone=True) is Verdict.FAILED


def test_mail_that_is_never_taken_is_tried_for_three_days() -> None:
    moments, moment = [THEN], THEN
    while moment + delay(len(moments), 0.5) < last_moment(THEN, None):
        moment += delay(len(moments), 0.5)
        moments.append(moment)

    minutes = [round((moment - THEN).total_seconds() / 60) for moment in moments]
    assert minutes[:8] == [0, 1, 6, 21, 51, 111, 231, 291]
    assert all(later - earlier == 60 for earlier, later in pairwise(minutes[6:]))
    assert 71 * 60 <= minutes[-1] < 72 * 60


def test_verdict_on_a_mail_that_alone_is_refused_fails_that_mail() -> None:
    answer = Answer(DOT, 554, "5.6.0 content refused")

    assert verdict_on(answer, refused_alone=True) is Verdict.FAILED


def test_verdict_on_a_wrong_password_is_never_about_one_mail() -> None:
    assert verdict_on(Answer(A, 535, "5.7.8 no"), refused_alone=True) is Verdict.REFUSED


def test_delay_grows_and_then_stays() -> None:
    minutes = [delay(attempts, 0.5).total_seconds() / 60 for attempts in range(1, 9)]

    assert minutes == [1, 5, 15, 30, 60, 120, 60, 60]


def test_delay_is_spread_by_a_fifth() -> None:
    assert delay(4, 0.0) == timedelta(minutes=24)
    assert delay(4, 1.0) == timedelta(minutes=36)


def test_last_moment_is_three_days_or_the_mails_own_end() -> None:
    assert last_moment(THEN, None) == THEN + timedelta(hours=72)
    assert last_moment(THEN, THEN + timedelta(hours=1)) == THEN + timedelta(hours=1)
    assert last_moment(THEN, THEN + timedelta(days=30)) == THEN + timedelta(hours=72)


def test_one_line_has_no_control_characters() -> None:
    assert one_line("Anna\r\nBcc: all@example.org\x00\x7f\x85 Berg") == "Anna Bcc: all@example.org Berg"
