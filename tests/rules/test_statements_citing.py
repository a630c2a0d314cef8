"""Citing a statement."""

from __future__ import annotations

from datetime import date

from summit_service.statements import citing

URL = "https://summit.example/statements/time-to-listen"


def test_bibtex_has_each_field_and_nothing_that_tex_would_run() -> None:
    found = citing.bibtex(
        slug="time-to-listen",
        title="Time & money: 100% of {what} we_ask \\for",
        network="A Network",
        published_on=date(2026, 3, 9),
        url=URL,
        sha256={"statement.en.txt": "ab" * 32, "statement.fr.txt": "cd" * 32},
    )

    assert found == (
        "@misc{time-to-listen,\n"
        "  title = {{Time \\& money: 100\\% of \\{what\\} we\\_ask \\textbackslash{}for}},\n"
        "  author = {{A Network}},\n"
        "  year = {2026},\n"
        "  month = mar,\n"
        "  day = {9},\n"
        f"  howpublished = {{\\url{{{URL}}}}},\n"
        f"  note = {{Joint statement. SHA-256 of the text: statement.en.txt {'ab' * 32}, "
        f"statement.fr.txt {'cd' * 32}}}\n"
        "}\n"
    )


def test_citation_in_words_is_one_line() -> None:
    found = citing.in_words(title="Time", network="A Network", published_on=date(2026, 3, 9), url=URL)

    assert found == f"A Network. Time. 9 March 2026. {URL}"
