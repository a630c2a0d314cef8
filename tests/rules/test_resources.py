"""What a resource must be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summit_service.errors import Conflict, Invalid
from summit_service.resources import rules
from tests.factories_resources import GUIDE


def faults(**typed: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        rules.checked(rules.with_changes(GUIDE, typed))
    return refusal.value.by_field()


def test_details_are_kept_in_their_normal_form() -> None:
    clean = rules.checked(
        replace(GUIDE, topics=("Night Shifts", "teaching", ""), language="pt-br", title=" A ")
    )

    assert (clean.topics, clean.language, clean.title) == (("night-shifts", "teaching"), "pt-BR", "A")


def test_every_fault_is_told_at_once() -> None:
    found = faults(
        title="", kind="song", summary=" ", url="ftp://x", licence="mine", language="??", visibility="no"
    )

    assert set(found) == {"title", "kind", "summary", "url", "licence", "language", "visibility"}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.org", "http://", "https://a b.org"]
)
def test_link_that_is_no_web_address_is_refused(url: str) -> None:
    assert "whole address" in faults(url=url)["url"]


def test_something_to_use_is_needed() -> None:
    assert "link, or add a file" in faults(url="")["url"]
    assert rules.checked(replace(GUIDE, url=""), has_file=True).url == ""


def test_file_of_which_all_rights_are_reserved_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.checked(replace(GUIDE, licence="reserved"), has_file=True)

    assert set(refusal.value.by_field()) == {"licence"}


@pytest.mark.parametrize(
    ("state", "is_new", "after"),
    [("returned", True, "waiting"), ("returned", False, "published"), ("published", True, "published")],
)
def test_what_was_given_back_waits_again_once_changed(state: str, is_new: bool, after: str) -> None:
    assert rules.state_after_change(state, is_new=is_new, is_trusted=False) == after


def test_state_that_does_not_fit_is_told_in_words() -> None:
    with pytest.raises(Conflict, match="have to be waiting for confirmation"):
        rules.check_state("withdrawn", "waiting")
