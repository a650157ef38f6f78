"""What the templates say, all decisions made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Sibling(NamedTuple):
    """A generated class or alias, and the module that holds it."""

    name: str
    module: str


@dataclass(frozen=True)
class Field:
    """An attribute of a model; ``default`` is an expression, "" if the value is required."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str
    limits: Mapping[str, object]
    """What bounds its values beyond their type, as the document says it."""


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
    values: Sequence[object] = ()
    """The values of an enum."""
    limits: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """An argument of an operation."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str
    style: str = ""
    """How a list or an object is written: in a query as ``query_pairs`` says, elsewhere as ``path_segment`` does."""
    is_json: bool = False
    """Whether the value travels as JSON."""
    limits: Mapping[str, object] = field(default_factory=dict)

    @property
    def declaration(self) -> str:
        """The argument as a signature has it."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")

    @property
    def value(self) -> str:
        """The expression of what is sent."""
        return f"json_text({self.name})" if self.is_json else self.name


@dataclass(frozen=True)
class Body:
    """A form of an operation's body: the function that builds its request, its arguments, and its bytes' expression."""

    function: str
    media_type: str
    parameters: Sequence[Parameter]
    call: str


@dataclass(frozen=True)
class Operation:
    """An operation, its arguments by the place where they travel; ``path`` is an expression."""

    name: str
    operation_id: str
    route: str
    """Method and path, as published."""
    method: str
    path: str
    module_doc: str
    doc: str
    auth: bool
    authentication: str
    """What it asks for, in words."""
    credentials: frozenset[frozenset[str]]
    """The same for comparing: alternatives, each with all that it takes, scopes too, not the names of schemes."""
    path_parameters: Sequence[Parameter]
    query_parameters: Sequence[Parameter]
    header_parameters: Sequence[Parameter]
    cookie_parameters: Sequence[Parameter]
    bodies: Sequence[Body]
    """At least one, which has no parameters if the operation has no body."""
    responses: Sequence[tuple[str, str]]
    result: str
    accept: str
    streams: bool

    def keyword_parameters(self, body: Body) -> Sequence[Parameter]:
        """The arguments behind the star: the body first."""
        return [*body.parameters, *self.query_parameters, *self.header_parameters, *self.cookie_parameters]

    def arguments(self, body: Body) -> Sequence[Parameter]:
        """All arguments of a function that builds a request, in the order of its signature."""
        return [*self.path_parameters, *self.keyword_parameters(body)]

    def full_doc(self, body: Body) -> str:
        """The description with the arguments' own."""
        is_main = body is self.bodies[0]
        doc = self.doc if is_main else f"Build the request of ``build`` with a body of {body.media_type}."
        if not self.arguments(body):
            return doc
        arguments = [f"    {argument.name}: {argument.doc or argument.wire_name}" for argument in self.arguments(body)]
        raises = "    ValueError, TypeError: An argument cannot be sent; the message names it."
        return "\n".join([doc, "\nArgs:", *arguments, "\nRaises:", raises])


@dataclass(frozen=True)
class Package:
    """All that is said of one document."""

    models: Sequence[Model]
    aliases: Sequence[Alias]
    operations: Sequence[Operation]
    pushed: Sequence[str]
    """Types that come without being any operation's answer: in webhooks, and as the frames of streams."""
