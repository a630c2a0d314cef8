"""What a person wrote in answer to one of our mails: their words as plain text, whatever their program made of them."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from summit_service.mail import answers, bounces, queries
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
        b"> Are you part of a university?\n>> earlier\n\nKind regards\nAna\n\n"
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


@pytest.mark.parametrize(
    "mark",
    [
        "-----Original Message-----",
        "_" * 32,
        "From: Network <us@network.example>\nSent: Monday\nTo: Ana\nSubject: A question",
        "Von: Network\nGesendet: Montag\nAn: Ana\nBetreff: A question",
        "差出人： Network\n日時： 3月\n宛先： Ana",
    ],
)
def test_what_stands_below_a_quotation_is_kept_apart_and_whole(mark: str) -> None:
    below = f"{mark}\nAre you part of a university?\nYes, of Lyon, since 1990."
    content = f"Content-Type: text/plain; charset=utf-8\n\nSee below, please.\n\n{below}\n"

    assert _text(HEAD + content.encode()) == f"See below, please.\n\n{answers.QUOTED}\n{below}"


@pytest.mark.parametrize("written", ["> Are you a charity?\n> Yes, we are.", "Here it is:\n> All of it."])
def test_answer_that_is_all_marked_as_quoted_is_kept(written: str) -> None:
    assert _text(HEAD + f"\n{written}\n".encode()) == written


def test_every_text_is_kept_and_of_alternatives_the_one_that_says_something() -> None:
    alternative, parts = EmailMessage(), EmailMessage()
    alternative.set_content(" \n")
    alternative.add_alternative("<p>Yes, we are.</p>", subtype="html")
    parts.set_content("Above the picture.")
    parts.add_attachment(b"png", maintype="image", subtype="png", filename="house.png")
    parts.add_attachment("Below the picture.", subtype="plain", disposition="inline")
    forwarded = EmailMessage()
    forwarded.set_content("See the mail of our dean.")
    forwarded.add_attachment(alternative)

    assert _text(alternative.as_bytes()) == "Yes, we are."
    assert _text(parts.as_bytes()) == (
        "Above the picture.\n\nBelow the picture.\n\n[Attached, and not kept here: house.png]"
    )
    assert _text(forwarded.as_bytes()) == "See the mail of our dean.\n\n[Attached, and not kept here: a mail]"


@pytest.mark.parametrize(
    ("charset", "written", "words"),
    [
        ("utf-8", "می\u200cخواهیم".encode(), "می\u200cخواهیم"),
        ("utf-8", "日本\u3000語 oui\u202f?".encode(), "日本 語 oui ?"),
        ("gb2312", "我们是大學。".encode("gb18030"), "我们是大學。"),
        ("iso-2022-jp", "大学です".encode("iso-2022-jp"), "大学です"),
        ("", b"universit\xe9 \x96 yes", "université – yes"),
        ("utf-8", b"universit\xe9", "université"),
        ("iso-8859-1", b"\x93Yes\x94", "“Yes”"),
        ("idna", b"plain \xff", "plain \ufffd"),
        ("x-unknown", b"plain", "plain"),
        ("utf\x008", b"plain", "plain"),
    ],
)
def test_words_are_read_in_whatever_letters_they_came(charset: str, written: bytes, words: str) -> None:
    kind = f'Content-Type: text/plain; charset="{charset}"\n'.encode() if charset else b""

    assert _text(HEAD + kind + b"\n" + written + b"\n") == words


@pytest.mark.parametrize("subject", ["Sorry for my absence", "Re: A question of the Absence Network"])
def test_person_who_writes_of_an_absence_is_heard(subject: str) -> None:
    assert _text(f"From: ana@listening.example\nSubject: {subject}\n\nYes.\n".encode()) == "Yes."


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Automatic reply: A question",
        "Subject: Abwesenheitsnotiz: A question",
        "Subject: Re: A question\nAuto-Submitted: auto-replied (vacation)",
        "Subject: Re: A question\nPrecedence: auto_reply",
        "Subject: Re: A question\nX-Autoreply: yes",
    ],
)
def test_mailbox_that_answers_by_itself_is_no_person(head: str) -> None:
    content = f"From: ana@listening.example\n{head}\n\nI am away.\n".encode()

    assert answers.read(content) is None
    assert bounces.read(content).kind == bounces.ABSENT


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
