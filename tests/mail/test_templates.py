"""Every mail's folder is whole, and none fetches anything from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from summit_service.mail import render
from summit_service.templating import templates_dir

EMAIL = templates_dir() / "email"
KINDS = sorted(path.name for path in EMAIL.iterdir() if path.is_dir() and path.name != "_base")
FILES = {"subject.txt", "body.txt", "body.html"}
REMOTE = re.compile(r"<img|<script|<link|<iframe|<object|@import|url\(|background=", re.IGNORECASE)


def test_templates_are_there() -> None:
    assert KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_template_folder_is_whole(kind: str) -> None:
    assert render.KIND.fullmatch(kind)
    assert {path.name for path in (EMAIL / kind).iterdir()} == FILES


@pytest.mark.parametrize("kind", KINDS)
def test_template_uses_the_shared_frame_and_says_why(kind: str) -> None:
    for suffix in ("txt", "html"):
        source = (EMAIL / kind / f"body.{suffix}").read_text(encoding="utf-8")
        tree = Environment(autoescape=True).parse(source)

        frames = [node.template.value for node in tree.find_all(nodes.Extends)]  # type: ignore[attr-defined]

        assert frames == [f"email/_base/layout.{suffix}"]


@pytest.mark.parametrize(
    "path", sorted(EMAIL.rglob("*.*")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_template_fetches_nothing_and_can_be_read(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    render.environment().parse(source)

    assert REMOTE.search(source) is None


@pytest.mark.parametrize("kind", KINDS)
def test_template_has_a_subject_of_one_line(kind: str) -> None:
    lines = (EMAIL / kind / "subject.txt").read_text(encoding="utf-8").strip().splitlines()

    assert len(lines) == 1
    assert "_url" not in lines[0]
