"""What a person wrote in answer to one of our mails: their words as plain text, whatever their program made of them."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage

import pytest

from summit_service.mail import answers, bounces, own_words, queries
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

    assert _text(HEAD + content.encode()) == f"See below, please.\n\n{own_words.QUOTED}\n{below}"


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
        ("utf-8", "日本\u3000語 oui\u202f?".encode(), "日本\u3000語 oui\u202f?"),
        ("gb2312", "我们是大學。".encode("gb18030"), "我们是大學。"),
        ("iso-2022-jp", "大学です".encode("iso-2022-jp"), "大学です"),
        ("", b"universit\xe9 \x96 yes", "université – yes"),
        ("utf-8", b"universit\xe9", "université"),
        ("iso-8859-1", b"\x93Yes\x94", "“Yes”"),
        ("idna", b"plain \xff", "plain ÿ"),
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
    assert text.endswith(own_words.CUT)


def test_answer_without_words_says_so() -> None:
    assert _text(HEAD + b"\n\n") == "[This answer has no text.]"


def _mail(*parts: bytes, kind: str = "mixed") -> bytes:
    """A mail of several parts, each with its own head."""
    head = f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="B1"\n\n'.encode()
    return HEAD + head + b"".join(b"--B1\n" + part + b"\n" for part in parts) + b"--B1--\n"


PLAIN, HTML = b"Content-Type: text/plain; charset=utf-8\n\n", b"Content-Type: text/html; charset=utf-8\n\n"
PICTURE = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


@pytest.mark.parametrize("blank", [b"", b" \n\n", "\u200b\xa0\ufeff\n".encode()])
def test_blank_plain_part_gives_way_to_html(blank: bytes) -> None:
    assert _text(_mail(PLAIN + blank, HTML + b"<p>We are.</p>", kind="alternative")) == "We are."


def test_of_alternatives_the_plain_one_is_read_once() -> None:
    assert _text(_mail(HTML + b"<p>Rich.</p>", PLAIN + b"Plain.", kind="alternative")) == "Plain."


def test_words_below_a_picture_stay() -> None:
    content = _mail(PLAIN + b"Here is our house.", PICTURE, PLAIN + b"And we are a charity.")

    assert _text(content) == (
        "Here is our house.\n\nAnd we are a charity.\n\n"
        "[Attached, and not kept here: a file without a name (image/png)]"
    )


def test_words_below_a_picture_stay_in_html_too() -> None:
    inner = _mail(HTML + b"<p>Above.</p>", PICTURE, HTML + b"<p>Below.</p>").removeprefix(HEAD)
    content = _mail(PLAIN, inner.replace(b"B1", b"B2"), kind="alternative")

    assert _text(content).startswith("Above.\n\nBelow.\n\n")


def test_words_of_an_attached_mail_are_not_theirs() -> None:
    attached = (
        b"Content-Type: message/rfc822\n\nFrom: Ben <ben@other.example>\nSubject: Statutes\n\nNot mine.\n"
    )

    own, none = _text(_mail(attached, PLAIN + b"See what is attached.")), _text(_mail(attached))

    assert own == "See what is attached.\n\n[Attached, and not kept here: a mail, “Statutes”]"
    assert none == "[Attached, and not kept here: a mail, “Statutes”]"


@pytest.mark.parametrize(
    "words",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u06cc\u0645",
        "はい、\u3000大学です。",
        "Oui\u202f! 1\u202f000 patients",
        "👩\u200d⚕️",
    ],
)
def test_joiners_and_spaces_of_other_scripts_stay(words: str) -> None:
    assert _text(HEAD + PLAIN + words.encode()) == words
    assert _text(HEAD + HTML + f"<p>{words}</p>".encode()) == words


def test_line_separators_end_lines_and_what_turns_text_around_goes() -> None:
    assert _text(HEAD + PLAIN + "One\u2028two\x0bthree \u202eevil\x00\x1b".encode()) == "One\ntwo\nthree evil"


@pytest.mark.parametrize(
    ("charset", "coded"),
    [
        ("", "latin-1"),
        ("us-ascii", "latin-1"),
        ("us-ascii", "utf-8"),
        ("utf-8", "latin-1"),
        ("idna", "utf-8"),
        ("punycode", "latin-1"),
        ("rot13", "utf-8"),
        ("no-such-thing", "latin-1"),
        ("ut\x00f", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("iso-8859-8-i", "iso-8859-8"),
        ("gb2312", "gb18030"),
        ("", "iso2022_jp"),
    ],
)
@pytest.mark.parametrize("way", ["8bit", "base64"])
def test_words_in_whatever_they_are_coded(charset: str, coded: str, way: str) -> None:
    words = {"iso-8859-8": "אנחנו עמותה", "gb18030": "我们是喆大学", "iso2022_jp": "大学です"}.get(
        coded, "Nous sommes “à l’école”" if coded in {"cp1252", "utf-8"} else "L'université où je suis"
    )
    said = f'; charset="{charset}"' if charset else ""
    body = words.encode(coded) if way == "8bit" else base64.b64encode(words.encode(coded))

    head = f"Content-Type: text/plain{said}\nContent-Transfer-Encoding: {way}\n\n".encode()

    assert _text(HEAD + head + body) == words


def test_broken_letter_spoils_no_text_that_is_otherwise_as_it_says() -> None:
    assert _text(HEAD + PLAIN + "大学です".encode() + b"\xff" + "はい".encode()) == "大学です\ufffdはい"


@pytest.mark.parametrize(
    "subject", ["Sorry for my absence", "Re: Absence of a charter", "Away from the hospital until May"]
)
@pytest.mark.parametrize("mark", ["", "Auto-Submitted: no\n"])
def test_person_who_writes_of_their_absence_has_answered(subject: str, mark: str) -> None:
    content = f"From: Ana <ana@listening.example>\nSubject: {subject}\n{mark}\nWe are.\n".encode()

    assert _text(content) == "We are."


def test_answer_of_a_person_by_way_of_a_ticket_system_stays() -> None:
    assert _text(b"Auto-Submitted: auto-generated\n" + HEAD + b"\nWe are.\n") == "We are."


def test_where_all_is_quoted_all_of_it_is_shown() -> None:
    quoted = b"On Monday the network wrote:\n> Are you a charity?\n> Yes, we are.\n"

    assert _text(HEAD + b"\n" + quoted) == quoted.decode().strip()
    assert _text(HEAD + HTML + b"<blockquote><p>Are you? Yes.</p></blockquote>") == ">\n> Are you? Yes.\n>"


@pytest.mark.parametrize(
    "line",
    [
        "My answer is:",
        "We have these since 2019:",
        "In 2019 we wrote the following:",
        "My colleague Ben <ben@listening.example> says:",
        "答え：",
    ],
)
def test_line_of_their_own_before_a_quotation_stays(line: str) -> None:
    assert _text(HEAD + PLAIN + f"{line}\n\n> We are.\n".encode()) == f"{line}\n\n> We are."
    assert _text(HEAD + PLAIN + f"{line}\n\n> We are.\n\nAna\n".encode()) == f"{line}\n\nAna"


@pytest.mark.parametrize(
    "announcement",
    [
        "On Monday the network wrote:",
        "On Mon, 2 Mar 2026 at 10:00, Empathy in Healthcare Network\n<bounces+1-0123@network.example> wrote:",
        "Le lun. 2 mars 2026 à 10:00, Empathy Network <bounces+1@network.example> a\nécrit :",
        "Am 02.03.26 um 10:00 schrieb Empathy Network:",
        "El lun, 2 mar 2026 a las 10:00, Network (<a@network.example>) escribió:",
        "2026年3月2日(月) 10:00 Empathy Network <a@network.example>:",
        "Network <a@network.example> 于2026年3月2日周一 10:00写道：",
    ],
)
def test_line_that_announces_a_quotation_goes(announcement: str) -> None:
    text = f"We are a charity.\nOur mail is ana@listening.example.\n{announcement}\n\n> Are you?\n"

    assert _text(HEAD + PLAIN + text.encode()) == "We are a charity.\nOur mail is ana@listening.example."


def test_line_that_begins_with_from_is_their_own() -> None:
    assert _text(HEAD + b"\n>From 1990 on we were.\n> Quoted\n") == "From 1990 on we were."


def test_html_without_the_end_of_its_head_is_read() -> None:
    assert _text(HEAD + HTML + b"<html><head><title>x</title><body>We are & were") == "We are & were"


def test_part_that_says_multipart_and_is_none_is_shown() -> None:
    assert _text(HEAD + b'Content-Type: multipart/mixed; boundary="B9"\n\nWe are.\n') == "We are."


@pytest.mark.parametrize(
    "broken", [b"Subject: =?utf-8?b?a?=\n", b"Subject: =?idna?q?a=2E=2E?=\n", b"Subject: =?x\x00?q?a?=\n"]
)
def test_broken_subject_costs_no_words(broken: bytes) -> None:
    assert _text(broken + b"From: ana@listening.example\n\nWe are.\n") == "We are."


def test_attachment_whose_name_is_broken_costs_no_words() -> None:
    named = b"Content-Type: application/pdf; name*=x\x00'de'a.pdf\n\nx"

    assert _text(_mail(PLAIN + b"We are.", named)).startswith("We are.")


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("From: Ana Ruiz <ANA@Listening.example>", "ANA@Listening.example"),
        ("From: ana@listening.example", "ana@listening.example"),
        ('From: "Ruiz, Ana" (home) <ana@listening.example>', "ana@listening.example"),
        ("From: =?utf-8?q?Ana_Ru=C3=ADz?= <ana@listening.example>", "ana@listening.example"),
        ("From: Ana Ruíz <ana@listening.example>", "ana@listening.example"),
        ("From: diana@listening.example", "diana@listening.example"),
        ('From: "ana@listening.example" <eve@other.example>', "eve@other.example"),
        ("From: =?utf-8?q?Ana_=3Cana=40listening=2Eexample=3E?= <eve@other.example>", "eve@other.example"),
        ("From: =?utf-8?q?ana=40listening=2Eexample=3E_=3C?= <eve@other.example>", "eve@other.example"),
        ("From: ana@listening.example <eve@other.example>", ""),
        ("From: eve@other.example, ana@listening.example", ""),
        ("From: Eve: ana@listening.example, eve@other.example;", ""),
        ("From: eve@other.example\nFrom: ana@listening.example", ""),
        ("From: <ana@listening.example> <eve@other.example>", ""),
        ("From: ana@listening.example.evil.example", "ana@listening.example.evil.example"),
        ("From: ana@listening.example@evil.example", ""),
        ("From: Ana", ""),
        ("From:", ""),
        ("X-From: ana@listening.example", ""),
    ],
)
def test_sender_is_one_whole_address_or_none(head: str, address: str) -> None:
    found = answers.read(f"{head}\n\nWe are.\n".encode())

    assert found is not None
    assert answers.address_in(found.sender) == address
    assert found.text == "We are."


def test_sender_of_any_length_fits_and_keeps_its_address() -> None:
    found = answers.read(b"From: " + b"A" * 900 + b" <" + b"e" * 50 + b"@other.example>\n\nWe are.\n")

    assert found is not None
    assert len(found.sender) == answers.LONGEST_SENDER
    assert answers.address_in(found.sender) == "e" * 50 + "@other.example"


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


NESTED = [b"<div>", b"<blockquote>x", b"<table>x", b"<b><i>", b"<!--", b"<![", b"<", b"<a '", b"&#"]


@pytest.mark.parametrize("piece", NESTED)
def test_hostile_html_costs_little(piece: bytes) -> None:
    started = time.process_time()

    assert answers.read(HEAD + HTML + piece * (answers.LONGEST_LOOKED // len(piece))) is not None

    assert time.process_time() - started < 2


def test_many_parts_of_html_cost_no_more_than_one() -> None:
    started = time.process_time()

    assert answers.read(_mail(*[HTML + b"<p><br>" * 20_000] * 45)) is not None

    assert time.process_time() - started < 3


def test_html_that_is_cut_says_so() -> None:
    assert _text(HEAD + HTML + b"<p>We are." + b"<br>" * 60_000).endswith(own_words.CUT)


def test_sender_that_cannot_be_read_costs_no_words() -> None:
    found = answers.read(b"From: " + b"(<" * 1_000 + b"\n\nWe are.\n")

    assert found is not None
    assert (found.text, answers.address_in(found.sender)) == ("We are.", "")
