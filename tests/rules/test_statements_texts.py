"""The text to the byte, the words of an answer, the chain, and the numbered paragraphs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit_service.statements import evidence, paragraphs, texts


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree\n"),
        ("blank at the end  \t\nnext\n\n\n", "blank at the end\nnext\n"),
        ("cafe\u0301", "caf\u00e9\n"),
        ("a\n\n\nb", "a\n\n\nb\n"),
        ("\u3000set in", "\u3000set in\n"),
    ],
)
def test_canonical_text(typed: str, expected: str) -> None:
    assert texts.canonical(typed) == expected


@given(st.text())
def test_canonical_is_stable(typed: str) -> None:
    once = texts.canonical(typed)

    assert texts.canonical(once) == once
    assert once.endswith("\n")
    assert "\r" not in once


def test_attestation_is_fixed_word_for_word() -> None:
    said = texts.attestation(
        "signed", name="Ana {x}", organisation="Kind", text_set_sha256="ab12cd34" + "0" * 56
    )

    assert said.startswith("I am Ana {x}. I have read the text with the code ab12cd34 to its end,")
    together = "\n".join(texts.ATTESTATIONS[kind] for kind in sorted(texts.ATTESTATIONS))
    assert texts.sha256(together) == ATTESTATIONS_OF[texts.ATTESTATION_VERSION], (
        "new words need a new version"
    )


ATTESTATIONS_OF = {
    "2026-1": "1cf0a976ff45f39c8c3dad307d566fe1fea996071ea19602647be482ac42f8f3",
    "2026-2": "607a2497896b04a6400f08e0a0f0b3157cb151dbc49a728f891cc6ea3ff9c706",
    "2026-3": "7702795041cb0fd79eb8fe0ec97968070bc6525b38d63ff4084990def45626ff",
}


def test_text_set_is_sorted_and_hashed_as_rfc_8785() -> None:
    content = evidence.text_set_content([("fr", "equally_authentic", "b"), ("en", "equally_authentic", "a")])

    assert content == (
        '[{"lang":"en","role":"equally_authentic","sha256":"a"},{"lang":"fr","role":"equally_authentic","sha256":"b"}]'
    )


def test_first_entry_follows_zeros() -> None:
    made = evidence.entry("time", {"kind": "drafting"}, seq=1, prev=evidence.GENESIS)

    assert made.content == (
        '{"body":{"kind":"drafting"},"domain":"summit-statement-ledger/1:time",'
        f'"prev":"{"0" * 64}","seq":1}}'
    )
    body = texts.sha256('{"kind":"drafting"}')
    assert made.entry_sha256 == texts.sha256(
        f'{{"body_sha256":"{body}","domain":"summit-statement-ledger/1:time","prev":"{"0" * 64}","seq":1}}'
    )


def chain(length: int = 5) -> list[evidence.Entry]:
    entries: list[evidence.Entry] = []
    for n in range(1, length + 1):
        prev = entries[-1].entry_sha256 if entries else evidence.GENESIS
        entries.append(evidence.entry("time", {"kind": "response", "n": n}, seq=n, prev=prev))
    return entries


def test_whole_chain_holds() -> None:
    assert evidence.first_broken(chain()) is None
    assert evidence.first_broken([]) is None


@pytest.mark.parametrize("n", range(5))
def test_removed_entry_is_found(n: int) -> None:
    entries = chain()
    del entries[n]

    assert evidence.first_broken(entries) == (n + 1 if n < 4 else None)


@pytest.mark.parametrize("n", range(5))
def test_changed_entry_is_found(n: int) -> None:
    entries = chain()
    old = entries[n]
    content = old.content.replace("response", "rasponse")
    alone = evidence.Entry(old.seq, old.prev, content, old.entry_sha256)
    hashed_anew = evidence.Entry(old.seq, old.prev, content, evidence.link_hash(json.loads(content)))

    assert evidence.first_broken([*entries[:n], alone, *entries[n + 1 :]]) == n + 1
    assert evidence.first_broken([*entries[:n], hashed_anew, *entries[n + 1 :]]) == (n + 2 if n < 4 else None)


@pytest.mark.parametrize("wrong", [1.5, "cafe\u0301", {"a": [0.1]}, datetime(2026, 1, 1, tzinfo=UTC), b"x"])
def test_what_has_no_place_in_a_record_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"record|NFC"):
        evidence.jcs(wrong)


def test_moment_has_milliseconds() -> None:
    assert evidence.moment(datetime(2026, 3, 2, 9, 0, 0, 7_900, tzinfo=UTC)) == "2026-03-02T09:00:00.007Z"


def test_commitment_needs_salt_and_the_very_words() -> None:
    first = evidence.commitment("salt", {"reason": "none"})

    assert first == evidence.commitment("salt", {"reason": "none"})
    assert first != evidence.commitment("sale", {"reason": "none"})
    assert first != evidence.commitment("salt", {"reason": "None"})


# ---- paragraphs


def test_paragraphs_are_numbered_and_headings_are_not() -> None:
    blocks = paragraphs.numbered("# On time\n\nFirst.\n\n- one\n- two\n\n> said\n\n---\n\nLast.\n")

    assert [block.n for block in blocks] == [None, 1, 2, None, 3]
    assert blocks[0].html.strip() == "<h2>On time</h2>"
    assert "<li>one</li>" in blocks[1].html


def test_paragraph_never_has_markup_of_its_own() -> None:
    blocks = paragraphs.numbered("<script>alert(1)</script>\n\n[x](javascript:alert(1))\n")

    assert "<script" not in "".join(block.html for block in blocks)
    assert "javascript:" not in "".join(block.html for block in blocks if "<a" in block.html)
