"""Which tables there are and where their migrations lie; Piccolo reads this."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_NAME = "summit"

# Every module with tables. One that is missing is a mistake and stops the start.
MODULES: tuple[str, ...] = (
    "summit_service.links",
    "summit_service.idempotency",
    "summit_service.journal.tables",
    "summit_service.accounts.tables",
    "summit_service.sent_files.tables",
    "summit_service.members.tables",
    "summit_service.officers.tables",
    "summit_service.mail.tables",
    "summit_service.enquiries.tables",
    "summit_service.events.tables",
    "summit_service.summits.tables",
    "summit_service.agendas.tables",
    "summit_service.registrations.tables",
    "summit_service.doors.tables",
    "summit_service.contributions.tables",
    "summit_service.speakers.tables",
    "summit_service.resources.tables",
    "summit_service.funding.tables",
    "summit_service.consortia.tables",
    "summit_service.statements.tables",
    "summit_service.statements.comment_tables",
    "summit_service.announcements.tables",
    "summit_service.feeds.tables",
    "summit_service.digests.tables",
    "summit_service.following.tables",
    "summit_service.preferences.tables",
    "summit_service.desk.tables",
)


def migrations_folder() -> Path:
    """The folder inside an installed package, or the one beside the package in a working copy."""
    package = Path(__file__).parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "piccolo_migrations"


APP_CONFIG = AppConfig(
    app_name=APP_NAME,
    migrations_folder_path=str(migrations_folder()),
    table_classes=table_finder(MODULES, exclude_imported=True),
)
