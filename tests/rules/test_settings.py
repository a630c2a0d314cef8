"""Settings from the environment, each fault in a sentence."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from summit_service import tokens
from summit_service.settings import SettingsError, from_environment


def test_settings_have_defaults(tmp_path: Path) -> None:
    found = from_environment({"SUMMIT_VAR_DIR": str(tmp_path)})

    assert found.database_url == f"sqlite:///{tmp_path / 'summit.sqlite'}"
    assert found.base_url == "http://127.0.0.1:8000"
    assert found.smtp_url is None


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = from_environment({"SUMMIT_VAR_DIR": str(tmp_path)}).secret_key
    second = from_environment({"SUMMIT_VAR_DIR": str(tmp_path)}).secret_key

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_environment(
            {
                "SUMMIT_VAR_DIR": str(tmp_path),
                "SUMMIT_DATABASE_URL": "mysql://x/y",
                "SUMMIT_BASE_URL": "summit.example.org",
                "SUMMIT_SMTP_URL": "mail.example.org:25",
                "SUMMIT_SECRET_KEY": "short",
                "SUMMIT_MAIL_FROM": "nobody",
                "SUMMIT_TRUSTED_PROXIES": "10.0.0.0/8, proxy",
                "SUMMIT_MAILER": "perhaps",
            }
        )

    named = [fault.split(":")[0] for fault in refusal.value.faults]
    assert sorted(named) == [
        "SUMMIT_BASE_URL",
        "SUMMIT_DATABASE_URL",
        "SUMMIT_MAILER",
        "SUMMIT_MAIL_FROM",
        "SUMMIT_SECRET_KEY",
        "SUMMIT_SMTP_URL",
        "SUMMIT_TRUSTED_PROXIES",
    ]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SUMMIT_BOUNCE_ADDRESS": "b" * 33 + "@network.example"}, "SUMMIT_BOUNCE_ADDRESS"),
        ({"SUMMIT_BOUNCE_LISTEN": "lmtp://127.0.0.1:8024"}, "SUMMIT_BOUNCE_ADDRESS"),
        ({"SUMMIT_BOUNCE_MAILDIR": "/var/mail/bounces"}, "SUMMIT_BOUNCE_ADDRESS"),
        (
            {"SUMMIT_BOUNCE_ADDRESS": "b@network.example", "SUMMIT_BOUNCE_LISTEN": "127.0.0.1:8024"},
            "SUMMIT_BOUNCE_LISTEN",
        ),
    ],
)
def test_mailbox_of_what_comes_back_is_set_whole(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_environment({"SUMMIT_VAR_DIR": str(tmp_path)} | given)

    assert [fault.split(":")[0] for fault in refusal.value.faults] == [named]


def test_longest_address_leaves_signing_links_under_120_characters(tmp_path: Path) -> None:
    longest = f"https://{'n' * 50}.network.org"
    found = from_environment({"SUMMIT_VAR_DIR": str(tmp_path), "SUMMIT_BASE_URL": f"{longest}/"})

    with pytest.raises(SettingsError, match="SUMMIT_BASE_URL: it has more than 70 characters"):
        from_environment({"SUMMIT_VAR_DIR": str(tmp_path), "SUMMIT_BASE_URL": f"{longest}x"})

    assert found.base_url == longest
    assert len(f"{found.base_url}/sign/{tokens.mint()}") == 119


def test_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "summit.env"
    file.write_text("# ours\nSUMMIT_NETWORK_NAME='From the file'\nexport SUMMIT_LOG_FORMAT=json\n")
    environ = {"SUMMIT_VAR_DIR": str(tmp_path), "SUMMIT_ENV_FILE": str(file), "SUMMIT_LOG_FORMAT": "text"}

    found = from_environment(environ)

    assert found.network_name == "From the file"
    assert found.log_format == "text"


def test_env_file_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        from_environment({"SUMMIT_VAR_DIR": str(tmp_path), "SUMMIT_ENV_FILE": str(tmp_path / "none.env")})


def test_secrets_are_not_in_the_representation(tmp_path: Path) -> None:
    found = from_environment(
        {"SUMMIT_VAR_DIR": str(tmp_path), "SUMMIT_SMTP_URL": "smtp://me:hush@mail.example.org"}
    )

    assert "hush" not in repr(found)
    assert found.secret_key not in repr(found)
