"""What the templates say, all decisions made."""

from collections.abc import Sequence
from dataclasses import dataclass

from .annotations import Sibling


@dataclass(frozen=True)
class Field:
    """An attribute of a model; ``default`` is an expression, "" if the value is required."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str


@dataclass(frozen=True)
class Model:
    """A class."""

    name: str
    module: str
    doc: str
    fields: Sequence[Field]
    extra: str
    siblings: Sequence[Sibling]

    @property
    def wire(self) -> dict[str, str]:
        """The attributes whose JSON key is not their name, with that key."""
        return {field.name: field.wire_name for field in self.fields if field.name != field.wire_name}

    @property
    def sibling_names(self) -> tuple[str, ...]:
        """The classes that the annotations name."""
        return tuple(sibling.name for sibling in self.siblings)


@dataclass(frozen=True)
class Alias:
    """A name for a type that is not a class: an enum, a union, a map, a list or a scalar."""

    name: str
    module: str
    annotation: str
    doc: str
    siblings: Sequence[Sibling]


@dataclass(frozen=True)
class Parameter:
    """An argument of an operation."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str
    explode: bool = False

    @property
    def declaration(self) -> str:
        """The argument as a signature has it."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")


@dataclass(frozen=True)
class Operation:
    """An operation, its arguments by the place where they travel; ``path`` and ``body_call`` are expressions."""

    name: str
    operation_id: str
    method: str
    path: str
    module_doc: str
    doc: str
    auth: bool
    path_parameters: Sequence[Parameter]
    query_parameters: Sequence[Parameter]
    header_parameters: Sequence[Parameter]
    body: Parameter | None
    body_call: str
    responses: Sequence[tuple[str, str]]
    result: str
    accept: str
    streams: bool

    @property
    def keyword_parameters(self) -> Sequence[Parameter]:
        """The arguments behind the star: the body first."""
        return [*([self.body] if self.body else []), *self.query_parameters, *self.header_parameters]

    @property
    def arguments(self) -> Sequence[Parameter]:
        """All arguments, in the order of the signature."""
        return [*self.path_parameters, *self.keyword_parameters]

    @property
    def full_doc(self) -> str:
        """The description with the arguments' own."""
        if not self.arguments:
            return self.doc
        arguments = [f"    {argument.name}: {argument.doc or argument.wire_name}" for argument in self.arguments]
        raises = "    ValueError, TypeError: An argument cannot be sent; the message names it."
        return "\n".join([self.doc, "\nArgs:", *arguments, "\nRaises:", raises])
