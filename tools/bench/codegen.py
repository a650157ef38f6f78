"""`python -m tools.bench codegen`: generation, import and decoding, each as a ratio to what it is compared with."""

import gc
import importlib
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Callable, Dict, List, Literal, get_args, get_origin

import attrs
from pydantic import ConfigDict, Field, create_model

from sim_api.convert import structure
from sim_api.typeforms import is_model, resolve
from sim_api.v1 import models
from tools.bench._codegen_document import make_document
from tools.bench._measure import Rounds

_SPEC = Path(__file__).parent.parent.parent / "spec" / "v1" / "openapi.yaml"

_RECORDINGS = Path(__file__).parent.parent.parent / "contract_tests" / "recordings" / "2026-08"

_PAGES = ("logs_workspace_default", "logs_full_traces_output_limit1")
"""Recorded pages: as they come by default, and with all details."""

_SIZES = {10: 28, 50: 140, 160: 450}
"""Operations of the documents that are generated, and their schemas."""

_SECONDS_TARGET = 15.0
_IMPORT_TARGET = 1.2
_DECODE_TARGET = 0.6
_ROUNDS = 15
_DECODES = 20

Decode = Callable[[Any], Any]


def main(arguments: List[str]) -> int:
    with TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        reached = [_generation_and_import(Path(folder)), _decoding(Path(folder))]
    return 0 if all(reached) else 1


def _generation_and_import(folder: Path) -> bool:
    generated: Dict[int, float] = {}
    for operations, schemas in _SIZES.items():
        spec = folder / f"size{operations}.json"
        spec.write_text(json.dumps(make_document(operations, schemas)))
        generated[operations] = _seconds(
            "-m", "tools.generate", "--spec", str(spec), "--output", str(folder), "--package", f"api{operations}"
        )
    rounds = [{size: _import_seconds(folder, size) for size in _SIZES} for _ in range(_ROUNDS)]
    imports = {size: min(each[size] for each in rounds) for size in _SIZES}
    smallest, largest = min(_SIZES), max(_SIZES)
    for operations, seconds in generated.items():
        growth = imports[operations] / imports[smallest]
        print(
            f"{operations:4d} operations, {_SIZES[operations]:3d} schemas: generated in {seconds:5.2f} s "
            f"({seconds / generated[smallest]:.1f} times {smallest} operations), import {growth:.2f}"
        )
    print(f"targets: {largest} operations in {_SECONDS_TARGET} s, import at most {_IMPORT_TARGET} times {smallest}'s")
    return generated[largest] < _SECONDS_TARGET and imports[largest] / imports[smallest] < _IMPORT_TARGET


def _seconds(*arguments: str) -> float:
    """Return what a command computes: seconds that it waits for others say nothing about it."""
    started = sum(os.times()[2:4])
    subprocess.run([sys.executable, *arguments], check=True)
    return sum(os.times()[2:4]) - started


def _import_seconds(folder: Path, operations: int) -> float:
    """Return what a new interpreter takes to import a package and build its first request, without the interpreter."""
    name = f"api{operations}.size{operations}"
    code = (
        "import sys, time; started = time.process_time(); sys.path.insert(0, sys.argv[1]); "
        f"from {name} import models, operations; operations.get_zip0.build(); print(time.process_time() - started)"
    )
    # Compiling is the installer's work: the first round does it, and the least of the rounds is what counts.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", code, str(folder)]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def _decoding(folder: Path) -> bool:
    stock = _stock_models(folder).LogPage.from_dict
    page = _pydantic(models.LogPage, {})
    ways: Dict[str, Decode] = {
        "json.loads": lambda value: value,
        "sim_api": lambda value: structure(value, models.LogPage),
        "stock from_dict": stock,
        "pydantic": page.model_validate,
    }
    ratios: Dict[str, float] = {}
    gc.collect()
    gc.freeze()  # the garbage collector would search all that this process holds, at the cost of whatever way it meets
    for name in _PAGES:
        body = _page(name)
        rounds = Rounds({way: partial(_decode, decode, body) for way, decode in ways.items()}, _ROUNDS, _DECODES)
        for way in ways:
            print(f"100 items, {name:32s}{way:16s}{rounds.ratio(way, 'json.loads'):6.2f} times json.loads")
        ratios[name] = rounds.ratio("sim_api", "stock from_dict")
        print(f"100 items, {name:32s}{ratios[name]:.2f} of the stock generator's")
    print(f"target: at most {_DECODE_TARGET} for each")
    return max(ratios.values()) <= _DECODE_TARGET


def _decode(decode: Decode, body: bytes) -> None:
    for _ in range(_DECODES):
        decode(json.loads(body))


def _page(name: str) -> bytes:
    """Return a recorded page of logs, its entries repeated up to 100."""
    page = json.loads(json.loads((_RECORDINGS / f"{name}.json").read_text())["response"]["body"])
    return json.dumps({**page, "data": (page["data"] * 100)[:100]}).encode()


def _stock_models(folder: Path) -> Any:
    """Return the models that the stock generator makes of our document."""
    command = ["-m", "openapi_python_client", "generate", "--path", str(_SPEC), "--output-path", str(folder / "stock")]
    subprocess.run([sys.executable, *command, "--meta", "none"], check=True, capture_output=True)
    return importlib.import_module("stock.models")


def _pydantic(model: Any, made: Dict[Any, Any]) -> Any:
    """Return a pydantic model with the fields of a generated one, as somebody would write it by hand."""
    resolve(model)
    made[model] = Any  # what a model holds of its own kind is left open
    fields: Dict[str, Any] = {}
    for attribute in attrs.fields(model):
        if attribute.name != "additional_properties":
            wire = model.__wire__.get(attribute.name, attribute.name)
            default = ... if attribute.default is attrs.NOTHING else None
            fields[attribute.name] = (_pydantic_type(attribute.type, made), Field(default, alias=wire))
    made[model] = create_model(model.__name__, __config__=ConfigDict(extra="allow"), **fields)
    return made[model]


def _pydantic_type(hint: Any, made: Dict[Any, Any]) -> Any:
    if is_model(hint):
        return made[hint] if hint in made else _pydantic(hint, made)
    if get_origin(hint) is Literal or not get_args(hint):
        return hint
    return hint.copy_with(tuple(_pydantic_type(argument, made) for argument in get_args(hint)))
