"""The configuration file: servers by name, each with its key.

default_profile = "hosted"

[profiles.hosted]
api_key = "..."

[profiles.own]
base_url = "https://sim.example"
api_key = "..."
workspace = "..."
"""

import difflib
import os
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Dict, Iterable, Mapping, Optional

from sim_sdk._secret import Secret

from .failures import ConfigurationError

__all__ = ["Configuration", "Profile", "configuration_path", "read_configuration"]

_OTHERS = 0o077  # permissions of all but the owner


@dataclass(frozen=True)
class Profile:
    """One server, as the file has it. What the file leaves out is None."""

    name: str
    base_url: Optional[str] = None
    api_key: Optional[Secret] = None
    workspace: Optional[str] = None


_OF_PROFILE = [field.name for field in fields(Profile)][1:]


@dataclass(frozen=True)
class Configuration:
    """What the file holds.

    Attributes:
        path: Where it is, or would be.
        profiles: By name.
        default: The profile that the file says is used where none is asked for.
        exposed: Whether it holds a key, and others on this machine may read it.
    """

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default: Optional[str] = None
    exposed: bool = False

    def profile(self, name: str) -> Profile:
        """The profile of a name.

        Raises:
            ConfigurationError: There is none.
        """
        if name not in self.profiles:
            there_are = ", ".join(self.profiles) or "no profiles"
            raise ConfigurationError(f"there is no profile {name!r}", hint=f"{self.path} has {there_are}")
        return self.profiles[name]


def configuration_path(environment: Mapping[str, str] = os.environ, system: str = os.name) -> Path:
    """Where the file is: %APPDATA%\\sim on Windows, else $XDG_CONFIG_HOME/sim or ~/.config/sim."""
    given = environment.get("APPDATA" if system == "nt" else "XDG_CONFIG_HOME", "")
    # The XDG specification has relative paths ignored.
    # Not Path.home(), which raises where a container's user has no home.
    folder = given if os.path.isabs(given) else os.path.expanduser("~/.config")
    return Path(folder, "sim", "config.toml")


def read_configuration(path: Path) -> Configuration:
    """What the file holds. Where there is none, nothing.

    Raises:
        ConfigurationError: It cannot be read, or holds something that has no meaning; the message says where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors of Windows begin a file with a mark
    except (FileNotFoundError, NotADirectoryError):
        return Configuration(path)
    except OSError as error:
        hint = f"set {'APPDATA' if os.name == 'nt' else 'XDG_CONFIG_HOME'} to the folder of another one"
        raise ConfigurationError(f"cannot read {path}: {error.strerror}", hint) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    try:
        return _read(path, _parse(text))
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _parse(text: str) -> Dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _read(path: Path, document: Dict[str, Any]) -> Configuration:
    _check_names("the file", document, ("default_profile", "profiles"))
    profiles = {
        name: _profile(name, _table(f"profiles.{name}", table))
        for name, table in _table("profiles", document.get("profiles", {})).items()
    }
    default = document.get("default_profile")
    return Configuration(
        path,
        profiles,
        None if default is None else _text("default_profile", default),
        exposed=any(profile.api_key for profile in profiles.values()) and _is_readable_by_others(path),
    )


def _profile(name: str, table: Dict[str, Any]) -> Profile:
    _check_names(f"profile {name!r}", table, _OF_PROFILE)
    texts = {key: _text(f"profiles.{name}.{key}", value) for key, value in table.items()}
    if "api_key" in texts:
        texts["api_key"] = Secret(texts["api_key"])
    return Profile(name, **texts)  # type: ignore[arg-type]  # the key is a Secret


def _check_names(where: str, table: Dict[str, Any], known: Iterable[str]) -> None:
    names = list(known)
    for name in table:
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
            raise ValueError(f"{where} has an unknown setting {name!r}; {advice}")


def _table(name: str, value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{name}: expected a table")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: expected a text")
    return value


def _is_readable_by_others(path: Path) -> bool:
    # Windows keeps other users out of %APPDATA% by itself, and has no such permissions.
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
