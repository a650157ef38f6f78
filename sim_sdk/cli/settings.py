"""What the command is to use, and where it was said.

An option counts most, then the profile that --profile names, then the environment, then the default profile.
"""

import os
from dataclasses import dataclass
from typing import Mapping, Optional

from sim_sdk._options import DEFAULT_BASE_URL
from sim_sdk._secret import Secret

from .configuration import Configuration, Profile
from .failures import ConfigurationError

__all__ = ["Setting", "Settings", "resolve"]


@dataclass(frozen=True)
class Setting:
    """A value, and where it was said."""

    value: str
    source: str


@dataclass(frozen=True)
class Settings:
    """What is to be used.

    Attributes:
        configuration: What the configuration file holds.
        profile: The profile in use; None where there is none.
        base_url: The server.
        api_key: The key; None where there is none.
        workspace: The workspace whose logs are shown; None where none is named.
    """

    configuration: Configuration
    profile: Optional[Profile]
    base_url: Setting
    api_key: Optional[Setting]
    workspace: Optional[Setting]

    @property
    def key_is_of_profile(self) -> bool:
        """Whether the key is from the configuration file."""
        return self.api_key is not None and self.api_key == _of_profile(self.profile, "api_key")

    def check_key(self) -> None:
        """See to it that a profile's key goes to no other server than the profile's.

        Raises:
            ConfigurationError: It would.
        """
        if self.profile is None or not self.key_is_of_profile:
            return
        own = self.profile.base_url or str(DEFAULT_BASE_URL)
        if own.rstrip("/") != self.base_url.value.rstrip("/"):
            raise ConfigurationError(
                f"the key of profile {self.profile.name!r} is for {own}, and is not sent to the server that "
                f"{self.base_url.source} names",
                hint="set SIM_API_KEY to that server's key, or make a profile for it",
            )


def resolve(
    configuration: Configuration,
    *,
    profile: Optional[str] = None,
    base_url: Optional[str] = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settle what is to be used.

    Args:
        configuration: What the configuration file holds.
        profile: The profile that was asked for.
        base_url: The server that was asked for.
        environment: The environment.

    Raises:
        ConfigurationError: There is no such profile.
    """
    named = None if profile is None else configuration.profile(profile)
    used = named or _default_profile(configuration, environment)
    asked = None if base_url is None else Setting(base_url, "--base-url")
    url, key, workspace = (
        _of_profile(named, field) or _of_environment(environment, variable) or _of_profile(used, field)
        for field, variable in (
            ("base_url", "SIM_BASE_URL"),
            ("api_key", "SIM_API_KEY"),
            ("workspace", "SIM_WORKSPACE"),
        )
    )
    return Settings(
        configuration=configuration,
        profile=used,
        base_url=asked or url or Setting(str(DEFAULT_BASE_URL), "default"),
        api_key=None if key is None else Setting(Secret(key.value), key.source),
        workspace=workspace,
    )


def _default_profile(configuration: Configuration, environment: Mapping[str, str]) -> Optional[Profile]:
    name = environment.get("SIM_PROFILE") or configuration.default
    if name is not None:
        return configuration.profile(name)
    return configuration.profiles.get("default")


def _of_profile(profile: Optional[Profile], field: str) -> Optional[Setting]:
    value = getattr(profile, field, None)
    return None if profile is None or value is None else Setting(value, f"profile {profile.name!r}")


def _of_environment(environment: Mapping[str, str], variable: str) -> Optional[Setting]:
    value = environment.get(variable)
    return Setting(value, variable) if value else None
