"""What is installed runs on Windows and macOS as well: nothing of POSIX alone, no text in a machine's own encoding.

`pyright --pythonplatform Windows`, which CI runs, knows more names than the lists here, but not those in a string, and
nothing of encodings.
"""

import ast
from collections.abc import Iterator

import pytest

from contract_tests.docs._blocks import ROOT

FOLDERS = ("sim_sdk", "simstudio", "generated/sim_api")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

MODULES = {"crypt", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
NAMES = {
    *("fork", "forkpty", "getuid", "geteuid", "killpg", "mkfifo", "sysconf", "uname", "fchmod", "chown", "wait4"),
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGUSR1"),
    *("alarm", "pthread_sigmask", "setitimer", "sigwait", "epoll", "kqueue", "add_signal_handler"),
    *("AF_UNIX", "SO_REUSEPORT", "MSG_DONTWAIT", "tzset", "rename"),  # rename: Windows replaces no file with it
}
OPENERS = {"open", "read_text", "write_text"}


def problems(source: str) -> Iterator[str]:
    """What of a module needs POSIX, or depends on the encoding of whoever runs it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (f"{node.lineno}: {one.name}" for one in node.names if one.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module in MODULES:
            yield f"{node.lineno}: {node.module}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in NAMES:
            yield f"{node.lineno}: {node.attr}"
        elif isinstance(node, ast.Call) and _opens_text(node):
            yield f"{node.lineno}: a text without an encoding"


def _opens_text(call: ast.Call) -> bool:
    function = call.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    is_path_s = isinstance(function, ast.Attribute) and "path" in ast.unparse(function.value).lower()
    if name not in OPENERS or not (is_path_s or isinstance(function, ast.Name)):
        return False
    said = [keyword.arg for keyword in call.keywords] + [
        argument.value for argument in call.args if isinstance(argument, ast.Constant)
    ]
    return not any(word in ("encoding", "utf-8") or (isinstance(word, str) and "b" in word) for word in said)


def test_no_module_needs_posix() -> None:
    assert [f"{path}:{problem}" for path in FILES for problem in problems(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "from termios import tcgetattr",
        "os.fork()",
        "signal.signal(signal.SIGPIPE, handle)",
        "loop.add_signal_handler(2, stop)",
        "os.rename(a, b)",
        "open(path)",
        "open(path, 'w')",
        "self.path.read_text()",
    ],
)
def test_what_needs_posix_is_noticed(code: str) -> None:
    assert len(list(problems(code))) == 1


@pytest.mark.parametrize(
    "code",
    ["open(path, 'rb')", "path.read_text('utf-8')", "open(path, encoding='utf-8')", "flow.poll()", "engine.open(call)"],
)
def test_what_runs_everywhere_is_left_alone(code: str) -> None:
    assert list(problems(code)) == []
