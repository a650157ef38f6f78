"""Profiles, the environment and options: which counts, and what is said of it."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cli.commands import Sim, finish, start
from sim_conformance.mock import MockSim
from sim_sdk.cli.configuration import configuration_path

KEY = "sk-canary-of-the-profile"


@pytest.fixture
def other(environment: None) -> Any:
    """Another server, with a key of its own."""
    with MockSim() as other:
        other.add_key(KEY)
        yield other


def write(text: str, mode: int = 0o600) -> Path:
    path = configuration_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def profiles(other: MockSim) -> str:
    return f"""
        [profiles.default]
        workspace = "of-default"
        [profiles.own]
        base_url = "{other.base_url}/"
        api_key = "{KEY}"
        workspace = "of-own"
    """


def test_a_file_may_begin_with_a_byte_order_mark(sim: Sim) -> None:
    write('\ufeff[profiles.default]\nworkspace = "of-default"\n')

    assert sim("config", "--json").document["workspace"]["value"] == "of-default"


@pytest.mark.parametrize("argv", [["--profile", "own", "limits"], ["limits", "--profile", "own"]], ids=" ".join)
def test_a_named_profile_counts_more_than_the_environment(
    mock: MockSim, other: MockSim, sim: Sim, argv: list[str]
) -> None:
    write(profiles(other))

    assert sim(*argv).code == 0
    assert (len(mock.journal), len(other.journal)) == (0, 1)
    assert other.journal[0].headers["x-api-key"] == KEY


def test_the_environment_counts_more_than_the_default_profile(
    mock: MockSim, other: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('default_profile = "own"\n' + profiles(other))

    assert sim("limits").code == 0
    assert (len(mock.journal), len(other.journal)) == (1, 0)
    monkeypatch.delenv("SIM_API_KEY")
    monkeypatch.delenv("SIM_BASE_URL")
    assert sim("limits").code == 0
    assert (len(mock.journal), len(other.journal)) == (1, 1)


def test_the_environment_names_a_profile(other: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    write(profiles(other))
    monkeypatch.setenv("SIM_PROFILE", "own")

    sim("logs")
    assert "workspaceId=of-own" in other.journal[0].query


def test_what_a_profile_leaves_out_comes_from_the_environment(mock: MockSim, sim: Sim) -> None:
    write(f'[profiles.keyless]\nbase_url = "{mock.base_url}"')

    assert sim("limits", "--profile", "keyless").code == 0


@pytest.mark.parametrize("told", ["option", "environment"])
def test_the_key_of_a_profile_goes_to_no_other_server(
    mock: MockSim, other: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    write(profiles(other))
    monkeypatch.delenv("SIM_API_KEY")
    monkeypatch.setenv("SIM_PROFILE", "own")
    if told == "option":
        monkeypatch.delenv("SIM_BASE_URL")

    ran = sim("limits", *(["--base-url", mock.base_url] if told == "option" else []))

    assert (ran.code, ran.out) == (2, "")
    assert (len(mock.journal), len(other.journal)) == (0, 0)
    assert f"the key of profile 'own' is for {other.base_url}/" in ran.err
    assert sim("limits", "--base-url", other.base_url).code == 0


def test_config_shows_where_all_of_it_comes_from_but_not_the_key(
    mock: MockSim, other: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(profiles(other))
    key = os.environ["SIM_API_KEY"]

    out = sim("config").out
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert rows["server"] == [mock.base_url, "from", "SIM_BASE_URL"]
    assert rows["key"] == ["set", "from", "SIM_API_KEY"]
    assert rows["workspace"] == ["of-default", "from", "profile", "'default'"]
    ran = sim("--json", "config", "--profile", "own")
    assert ran.document == {
        "file": str(path),
        "profiles": ["default", "own"],
        "profile": "own",
        "base_url": {"value": other.base_url + "/", "source": "profile 'own'"},
        "api_key": {"source": "profile 'own'"},
        "workspace": {"value": "of-own", "source": "profile 'own'"},
    }
    assert KEY not in ran.out
    assert key not in out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("profiles = [", "config.toml: "),
        ("profile = {}", "unknown setting 'profile'; did you mean profiles?"),
        ('[profiles.a]\napi-key = "x"', "profile 'a' has an unknown setting 'api-key'; did you mean api_key?"),
        ("[profiles.a]\nzzz = 1", "there are base_url, api_key, workspace"),
        ("[profiles.a]\napi_key = 5", "profiles.a.api_key: expected a text"),
        ("profiles = 5", "profiles: expected a table"),
        ("[profiles]\na = 5", "profiles.a: expected a table"),
        ('default_profile = "b"', "there is no profile 'b'"),
        ('[profiles.default]\nbase_url = "ftp://x"', "it comes from profile 'default'"),
        ('[profiles.default]\napi_key = "ключ"', "it comes from profile 'default'"),
    ],
    ids=str,
)
def test_a_file_that_is_wrong_is_2_and_says_where(
    mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    if "api_key" in text:
        monkeypatch.delenv("SIM_API_KEY")
    monkeypatch.delenv("SIM_BASE_URL")
    write(text)

    ran = sim("limits")

    assert (ran.code, ran.out, len(mock.journal)) == (2, "", 0)
    assert reason in ran.err


def test_a_file_that_cannot_be_read_is_2(sim: Sim) -> None:
    path = configuration_path()
    path.mkdir(parents=True)

    ran = sim("limits")

    assert (ran.code, ran.out) == (2, "")
    assert f"cannot read {path}" in ran.err
    assert "Hint: set " in ran.err


def test_a_folder_that_is_none_is_as_good_as_no_file(mock: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", os.devnull)

    assert sim("limits").code == 0


def test_an_unknown_profile_is_2_and_the_known_ones_are_named(mock: MockSim, other: MockSim, sim: Sim) -> None:
    write(profiles(other))

    ran = sim("limits", "--profile", "onw", "--json")

    assert (ran.code, ran.error["message"]) == (2, "there is no profile 'onw'")
    assert ran.error["hint"].endswith("config.toml has default, own")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps other users out by itself")
def test_a_key_that_others_can_read_is_told(other: MockSim, sim: Sim) -> None:
    path = write(profiles(other), mode=0o644)

    ran = sim("limits", "--profile", "own")
    assert ran.code == 0
    assert ran.err == f"Warning: others on this machine can read the keys in {path}; chmod 600 {path} keeps them out\n"
    path.chmod(stat.S_IRUSR)
    assert sim("limits", "--profile", "own").err == ""


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("posix", {"XDG_CONFIG_HOME": "/etc/xdg", "APPDATA": "/no"}, "/etc/xdg/sim/config.toml"),
        ("posix", {"XDG_CONFIG_HOME": "relative"}, "~/.config/sim/config.toml"),
        ("posix", {}, "~/.config/sim/config.toml"),
        ("nt", {"APPDATA": "/Roaming", "XDG_CONFIG_HOME": "/no"}, "/Roaming/sim/config.toml"),
        ("nt", {}, "~/.config/sim/config.toml"),
    ],
    ids=str,
)
def test_where_the_file_is(system: str, environment: dict[str, str], expected: str) -> None:
    assert configuration_path(environment, system) == Path(expected).expanduser()


def test_without_a_key_it_says_where_to_put_one(sim: Sim) -> None:
    ran = sim("limits")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"Error: there is no API key\nHint: set SIM_API_KEY, or api_key in a profile of {configuration_path()}\n"
    )


def test_the_key_of_a_profile_is_shown_by_nothing(other: MockSim, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    write(profiles(other))
    for argv in (["limits"], ["config"], ["status", "nobodys"], ["logs"], ["run", "echo", "--timeout", "-1"]):
        for options in ([], ["--json"]):
            ran = sim(*argv, "--profile", "own", *options)
            assert KEY not in ran.out + ran.err
    monkeypatch.setenv("SIM_LOG", "debug")
    ran = finish(start("limits", "--profile", "own"))
    assert "HTTP 200" in ran.err
    assert KEY not in ran.out + ran.err
