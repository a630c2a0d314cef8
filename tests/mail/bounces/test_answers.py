"""What a person wrote in answer to one of our mails: their words as plain text, whatever their program made of them."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from summit_service.mail import answers, queries
from tests.mail.bounces import samples

HEAD = b"From: Ana Ruiz <ana@listening.example>\nSubject: Re: A question\n"


def _text(content: bytes) -> str:
    found = answers.read(content)
    assert found is not None
    return found.text


def test_own_words_stay_and_ours_go() -> None:
    content = HEAD + (
        b"Content-Type: text/plain; charset=iso-8859-1\n\nDear all,\n\n\n\nwe are part of the universit\xe9.\n\n"
        b"On Mon, 2 Mar 2026 at 10:00, Empathy in Healthcare Network\n<bounces+1-0123@network.example> wrote:\n"
        b"> Are you part of a university?\n>> earlier\n\nKind regards\nAna\n\n-----Original Message-----\nFrom: us\n"
    )

    found = answers.read(content)

    assert found is not None
    assert found.text == "Dear all,\n\nwe are part of the université.\n\nKind regards\nAna"
    assert found.sender == "Ana Ruiz <ana@listening.example>"
    assert found.kind == queries.ANSWER


def test_answers_between_the_lines_stay() -> None:
    assert (
        _text(HEAD + b"\n> Are you a charity?\nYes.\n> Since when?\nSince 1990.\n") == "Yes.\n\nSince 1990."
    )


def test_secret_of_ours_is_masked() -> None:
    assert "A" * 43 not in _text(HEAD + b"\nSee http://127.0.0.1:8000/join/" + b"A" * 43 + b" please\n")


def test_html_alone_is_read_as_text() -> None:
    content = HEAD + (
        b"Content-Type: text/html; charset=utf-8\n\n<html><head><style>p {color: red}</style></head><body><p>Yes,"
        b" we&nbsp;are &amp; were.</p><div>Ana<br>Lyon</div><script>bad()</script>"
        b"<div>The network wrote:</div><blockquote><p>Are you?</p></blockquote></body></html>"
    )

    assert _text(content) == "Yes, we are & were.\n\nAna\nLyon"


def test_attachments_are_named_and_not_kept() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ana <ana@listening.example>", "Re: A question"
    message.set_content("Our statutes are attached.")
    message.add_attachment(
        b"%PDF" + b"x" * 300_000, maintype="application", subtype="pdf", filename="Statutes.pdf"
    )
    message.add_attachment("A note", filename="a\tnote.txt")

    assert _text(message.as_bytes()) == (
        "Our statutes are attached.\n\n[Attached, and not kept here: Statutes.pdf, a note.txt]"
    )


def test_long_answer_is_cut_and_says_so() -> None:
    text = _text(HEAD + b"\n" + b"word " * 10_000)

    assert len(text) < answers.LONGEST_TEXT + 50
    assert text.endswith(answers.CUT)


def test_answer_without_words_says_so() -> None:
    assert _text(HEAD + b"\n\n") == "[This answer has no text.]"


@pytest.mark.parametrize("kind", ["absent", "permanent", "transient", "delayed"])
def test_what_a_machine_wrote_is_no_answer(kind: str) -> None:
    written = [
        content for name, content, what, _ in samples.SORTED if what == kind and name not in {"qmail", "exim"}
    ]

    assert written
    assert [answers.read(content) for content in written] == [None] * len(written)


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_hostile_mail_costs_little(name: str) -> None:
    started = time.process_time()

    answers.read(samples.HOSTILE[name])

    assert time.process_time() - started < 3
