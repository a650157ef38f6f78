"""What is configured, for people."""

from typing import Iterator, Optional, Tuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from .settings import Setting, Settings
from .wording import printable

__all__ = ["settings_table"]


def settings_table(settings: Settings) -> RenderableType:
    """What is used, and where it comes from."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value, source in _rows(settings):
        table.add_row(Text(name, "bold"), Text(printable(value), overflow="fold"), Text(printable(source), "dim"))
    return table


def _rows(settings: Settings) -> Iterator[Tuple[str, str, str]]:
    configuration = settings.configuration
    yield _row("server", settings.base_url)
    key = settings.api_key
    yield _row("key", None if key is None else Setting("set", key.source))
    yield _row("workspace", settings.workspace)
    yield "profile", "none" if settings.profile is None else settings.profile.name, ""
    yield "profiles", ", ".join(configuration.profiles) or "none", ""
    yield "file", str(configuration.path), "" if configuration.path.exists() else "not there"


def _row(name: str, setting: Optional[Setting]) -> Tuple[str, str, str]:
    return (name, "none", "") if setting is None else (name, setting.value, f"from {setting.source}")
