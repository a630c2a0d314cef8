"""The rules of sending: what follows from an answer, and when a mail is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
