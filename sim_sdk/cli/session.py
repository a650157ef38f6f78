"""What all commands have: a view, and the way to the server."""

from typing import Any, ContextManager, Optional

from sim_sdk.client import SimStudioClient

from .configuration import configuration_path, read_configuration
from .failures import ConfigurationError
from .settings import Settings, resolve
from .view import View

__all__ = ["Session"]

_TIMEOUT = 30.0  # seconds, of a call that has no time limit of its own


class Session:
    """One run of the command.

    Args:
        view: Where its results go.

    Attributes:
        profile: The profile that was asked for.
        base_url: The server that was asked for.
        settings: What is used; None before anything was.
        hint: What a command has to say should it fail; None where what is said for all of them is better.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.profile: Optional[str] = None
        self.base_url: Optional[str] = None
        self.settings: Optional[Settings] = None
        self.hint: Optional[str] = None

    def configure(self) -> Settings:
        """Settle what is used.

        Raises:
            ConfigurationError: It cannot be.
        """
        if self.settings is None:
            configuration = read_configuration(configuration_path())
            self.settings = resolve(configuration, profile=self.profile, base_url=self.base_url)
        return self.settings

    def connect(self, **options: Any) -> SimStudioClient:
        """A client of the server. The key comes from no argument: those show in lists of processes.

        Args:
            options: Further ones of the client.

        Raises:
            ConfigurationError: There is no key for this server.
            ValueError: The key or the URL of the server is none.
        """
        settings = self.configure()
        if settings.api_key is None:
            raise ConfigurationError(
                "there is no API key",
                hint=f"set SIM_API_KEY, or api_key in a profile of {settings.configuration.path}",
            )
        settings.check_key()
        if settings.key_is_of_profile and settings.configuration.exposed:
            path = settings.configuration.path
            self.view.warning(f"others on this machine can read the keys in {path}; chmod 600 {path} keeps them out")
        return SimStudioClient(
            settings.api_key.value, settings.base_url.value, timeout=_TIMEOUT, clock=self.view.clock, **options
        )

    def waiting(self) -> ContextManager[None]:
        """Show that a call is waited for that has no time limit of its own."""
        return self.view.waiting("the server", _TIMEOUT)

    def workspace(self, given: Optional[str]) -> Optional[str]:
        """The workspace: the one given, or the one configured."""
        configured = self.configure().workspace
        return given or (None if configured is None else configured.value)
