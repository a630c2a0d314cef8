"""Documents name what exists, and nothing that is committed names where it was made."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_relative_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))

    missing = [
        target
        for target in targets
        if "://" not in target and "mailto:" not in target and not (document.parent / target).exists()
    ]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_named_files_exist(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        return
    named = re.findall(
        r"`((?:summit_service|tests|templates|docs|piccolo_migrations|benchmarks)/[\w./-]+)`",
        document.read_text(),
    )

    missing = [name for name in named if not (ROOT / name).exists()]

    assert missing == []


def test_readme_opens_with_the_two_commands() -> None:
    opening = (ROOT / "README.md").read_text()[:1_200]

    assert "make run" in opening
    assert "make test" in opening


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for path in DOCUMENTS for word in re.findall(r"`make (\w+)`", path.read_text())}

    assert named <= targets
    assert {"help", "run", "test", "check", "bench"} <= targets


def test_every_setting_is_documented() -> None:
    code = (ROOT / "summit_service" / "settings.py").read_text()
    table = (ROOT / "docs" / "operations.md").read_text()

    used = set(re.findall(r"\"(SUMMIT_[A-Z_]+)\"", code)) - {"SUMMIT_ENV_FILE"}
    documented = set(re.findall(r"\| `(SUMMIT_[A-Z_]+)`", table))

    assert used == documented


def test_every_package_is_on_the_map() -> None:
    packages = {path.parent.name for path in (ROOT / "summit_service").glob("*/__init__.py")} - {
        "_migrations"
    }
    named = set(re.findall(r"\| `summit_service/(\w+)` \|", (ROOT / "ARCHITECTURE.md").read_text()))

    assert named == packages


def test_locks_have_hashes_and_name_no_index() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        pins = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.MULTILINE)

        assert len(pins) > 3
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text
        assert "index-url" not in text


def test_dependencies_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(
        re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )

    wanted = {re.split(r"[\[<>=;]", line)[0].lower() for line in project["dependencies"]}

    assert wanted <= locked


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    forbidden = re.compile(
        "/"
        + r"work/(?:main|shared)|/"
        + r"root/\.|registry\."
        + r"npmjs|files\."
        + r"pythonhosted|pypi\."
        + r"org/simple"
    )

    guilty = [
        name
        for name in filter(None, listed.split("\0"))
        if (ROOT / name).suffix
        in {".py", ".md", ".toml", ".yml", ".html", ".txt", ".css", ".lock", ".sh", ""}
        and (ROOT / name).is_file()
        and forbidden.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]

    assert guilty == []


def test_compose_file_has_the_parts_and_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert {"postgres:", "mailpit:", "web:", "mailer:", "migrate:"} <= set(text.split())
    assert "replicas: 2" in text
    assert text.count("healthcheck:") >= 5
    assert not re.search(r"(?:PASSWORD|SECRET_KEY): (?!\$\{)\S", text)
