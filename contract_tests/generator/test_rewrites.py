"""Each rewrite makes the parser read one thing that it would drop or mangle, and none of them can be left out."""

from dataclasses import dataclass
from typing import Iterator, List

import pytest
import yaml

from tools.generate.document import Json
from tools.generate.emit import view
from tools.generate.errors import GenerationError
from tools.generate.normalise import REWRITES
from tools.generate.views import Package


@dataclass(frozen=True)
class Case:
    """A construct: part of a document, and what must be said of it, which is not said without the rewrite."""

    rewrite: str
    expected: str
    schemas: str = "{}"
    operation: str = "{}"
    path: str = "/things"
    more: str = "{}"
    method: str = "get"
    fails: str = ""
    """What the error without the rewrite says; without an error something else is said."""

    def __str__(self) -> str:
        return f"{self.rewrite}: {self.expected}"


CASES: List[Case] = [
    Case("inherit_security", "op: auth", more="{security: [{Key: []}]}", fails="KeyError: 'x-python-authentication'"),
    Case(
        "inherit_security",
        "op asks for Token (http bearer) or Key (query api_key) and Session (cookie sid) or none",
        more="{security: [{Token: []}, {Key: [], Session: []}, {}], components: {securitySchemes: {"
        "Token: {type: http, scheme: bearer}, Key: {type: apiKey, in: query, name: api_key}, "
        "Session: {type: apiKey, in: cookie, name: sid}}}}",
        fails="KeyError: 'x-python-authentication'",
    ),
    Case(
        "inherit_security",
        "op asks for Login (oauth2) and Odd (not described) and Absent (not described)",
        operation="{security: [{Login: [], Odd: [], Absent: []}]}",
        more="{components: {securitySchemes: {Login: {type: oauth2}, Odd: 5}}}",
        fails="KeyError: 'x-python-authentication'",
    ),
    Case(
        "name_shared_schemas",
        "op -> models.FailedResponse",
        operation="{responses: {200: {$ref: '#/components/responses/Failed'}}}",
        more="{components: {responses: {Failed: {content: {application/json: "
        "{schema: {properties: {a: {type: string}}}}}}}}}",
    ),
    Case(
        "copy_shared_parts",
        "op(page: Optional[int] = None)",
        operation="{parameters: [{$ref: '#/components/parameters/Page'}]}",
        more="{components: {parameters: {Page: {name: page, in: query, schema: {type: integer}}}}}",
        fails="KeyError: 'in'",
    ),
    Case(
        "copy_shared_parts",
        "op 4XX: str",
        operation="{responses: {4xx: {content: {text/plain: {}}}}}",
        fails="KeyError: 'parameters'",
    ),
    Case(
        "copy_shared_parts",
        "op -> None",
        operation="{responses: {x-note: [1], 200: {}}}",
        fails="KeyError: 'parameters'",
    ),
    Case(
        "name_operations",
        "get_things_id(id: str)",
        operation="{operationId: null}",
        path="/things/{id}",
        fails="KeyError: 'x-python-name'",
    ),
    Case("complete_parameters", "op(a_b: str)", path="/things/{a.b}"),
    Case(
        "complete_parameters",
        "op()",
        operation="{parameters: [{name: Content-Type, in: header, schema: {type: string}}]}",
    ),
    Case(
        "complete_parameters",
        "op(id: str)",
        path="/things/{id}",
        operation="{parameters: [{name: id, in: path, schema: {type: string}}]}",
    ),
    Case(
        "give_parameters_schemas",
        "op(filter_: Optional[Sequence[str]] = None)",
        operation="{parameters: [{name: filter, in: query, "
        "content: {application/json: {schema: {type: array, items: {type: string}}}}}]}",
        fails="KeyError: 'schema'",
    ),
    Case(
        "give_media_schemas",
        "op -> Any",
        operation="{responses: {200: {content: {application/json: {}}}}}",
        fails="KeyError: 'schema'",
    ),
    Case(
        "read_any_type_as_json",
        "op -> models.A",
        operation="{responses: {200: {content: {'*/*': {schema: {$ref: '#/components/schemas/A'}}}}}}",
        schemas="{A: {type: object, properties: {b: {type: string}}}}",
    ),
    Case(
        "empty_answers_to_head",
        "op -> None",
        operation="{responses: {200: {content: {application/json: {schema: {type: object}}}}}}",
        method="head",
    ),
    Case(
        "name_referred_schemas",
        "A(b: Optional[AQ] = None)",
        schemas="{A: {type: object, properties: {b: {$ref: '#/components/schemas/A/$defs/Q'}}, "
        "$defs: {Q: {type: object, properties: {c: {type: string}}}}}}",
        fails="KeyError: 'Q'",
    ),
    Case(
        "unite_key_patterns",
        "A = Dict[str, Union[str, int]]",
        schemas="{A: {type: object, patternProperties: {^x: {type: string}}, additionalProperties: {type: integer}}}",
    ),
    Case(
        "unite_key_patterns",
        "A = Dict[str, str]",
        schemas="{A: {type: object, unevaluatedProperties: {type: string}}}",
    ),
    Case(
        "replace_boolean_schema",
        "A(b: Any = None, c: Optional[List[Any]] = None)",
        schemas="{A: {type: object, properties: {b: true, c: {type: array, items: false}}}}",
        fails="'bool' object has no attribute",
    ),
    Case(
        "name_components",
        "MyThing2(c: Optional[str] = None)",
        schemas="{my-thing: {type: object, properties: {b: {type: string}}}, "
        "MyThing: {type: object, properties: {c: {type: string}}}}",
        fails='duplicate models with name "MyThing"',
    ),
    Case("name_components", "AnyModel(a: Optional[str] = None)", "{Any: {properties: {a: {type: string}}}}"),
    Case(
        "describe_constraints",
        "A.b: At least 1, less than 9. Default: 3.",
        schemas="{A: {type: object, properties: {b: {type: integer, minimum: 1, exclusiveMaximum: 9, default: 3}}}}",
    ),
    Case(
        "describe_constraints",
        "A.b: Old. Deprecated. At least 2, at most 5 characters.",
        schemas="{A: {properties: {b: {type: string, description: Old., deprecated: true, "
        "minLength: 2, maxLength: 5}}}}",
    ),
    Case(
        "describe_constraints",
        "A.b: Format: uuid.",  # in Python it is text
        schemas="{A: {properties: {b: {type: string, format: uuid}}}}",
    ),
    Case(
        "forget_annotations",
        "A(b: Optional[datetime.datetime] = None)",
        schemas="{A: {type: object, properties: {b: {type: string, format: date-time, default: now}}}}",
        fails="Invalid isoformat string: 'now'",
    ),
    Case(
        "forget_annotations",
        "B(c: Optional[int] = None)",
        schemas="{A: {title: T, properties: {c: {type: string}}}, B: {title: T, properties: {c: {type: integer}}}}",
        fails='duplicate models with name "T"',
    ),
    Case(
        "spell_out_null",
        "A(b: Optional[C], d: Optional[AD])",
        schemas="{A: {required: [b, d], properties: {b: {$ref: '#/components/schemas/C', nullable: true}, "
        "d: {type: string, nullable: true, enum: [x]}}}, C: {properties: {e: {type: string}}}}",
    ),
    Case("infer_type", "A = Dict[str, int]", schemas="{A: {additionalProperties: {type: integer}}}"),
    Case("infer_type", "A = List[int]", schemas="{A: {items: {type: integer}}}"),
    Case(
        "split_type_list",
        "A(b: Optional[AB] = None)",
        schemas="{A: {properties: {b: {type: [object, 'null'], properties: {c: {type: string}}}}}}",
        fails="KeyError: 'ABType0'",
    ),
    Case(
        "split_enum",
        "A(b: Optional[Union[AB, AB2, float, bool]] = None)",
        schemas="{A: {type: object, properties: {b: {enum: [x, 1, 2.5, true]}}}}",
        fails="Enum values must all be the same type",
    ),
    Case(
        "split_enum", "A(b: Optional[AB] = None)", "{A: {properties: {b: {type: [string, 'null'], enum: [x, null]}}}}"
    ),
    Case("split_enum", "A = float", schemas="{A: {type: number, enum: [0.5]}}", fails="Unsupported enum type"),
    Case(
        "replace_constant",
        "A(b: Any = None)",
        schemas="{A: {type: object, properties: {b: {const: [1]}}}}",
        fails="const.str",
    ),
    Case("replace_constant", "A(b: Optional[float] = None)", schemas="{A: {properties: {b: {const: 1.5}}}}"),
    Case("give_array_items", "A = List[Any]", schemas="{A: {type: array}}", fails="type array must have items"),
    Case(
        "drop_required_alternatives",
        "A(b: Optional[str] = None)",
        schemas="{A: {type: object, properties: {b: {type: string}}, oneOf: [{required: [b]}, {required: [c]}]}}",
    ),
    Case(
        "split_reference",
        "A(b: Optional[str] = None, c: Optional[int] = None)",
        schemas="{A: {$ref: '#/components/schemas/B', properties: {c: {type: integer}}}, "
        "B: {type: object, properties: {b: {type: string}}}}",
    ),
    Case(
        "tag_union_members",
        "Cat(kind: Literal['feline'] = 'feline')",
        schemas="{Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], "
        "discriminator: {propertyName: kind, mapping: {feline: '#/components/schemas/Cat'}}}, "
        "Cat: {type: object, required: [kind], properties: {kind: {type: string}}}, "
        "Dog: {type: object, required: [kind], properties: {kind: {type: string}}}}",
    ),
    Case(
        "merge_parts",
        "U = Union[UA, UB]",
        schemas="{A: {type: object, properties: {a: {type: string}}}, "
        "B: {type: object, properties: {b: {type: string}}}, "
        "E: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}, "
        "U: {allOf: [{$ref: '#/components/schemas/E'}, {type: object, properties: {c: {type: integer}}}]}}",
        fails="Cannot take allOf a non-object",
    ),
    Case(
        "merge_parts",
        "A(b: Any = None, c: Optional[int] = None)",
        schemas="{A: {allOf: [{type: object, properties: {b: {type: string}, c: {type: number}}}, "
        "{type: object, properties: {b: {type: integer}, c: {type: integer}}}]}}",
        fails="str can't be merged with int",
    ),
    Case(
        "merge_parts",
        "AC(b: Optional[str] = None, c: Optional[str] = None)",
        schemas="{A: {type: object, properties: {b: {type: string}}, "
        "oneOf: [{type: object, properties: {c: {type: string}}}, {type: object, properties: {d: {type: string}}}]}}",
    ),
    Case(
        "merge_parts",
        "A = Union[" + ", ".join(f"AM{number}" for number in range(70)) + "]",
        schemas="{A: {allOf: [{type: object, properties: {id: {type: string}}}, {oneOf: ["
        + ", ".join(f"{{type: object, properties: {{m{number}: {{type: string}}}}}}" for number in range(70))
        + "]}]}}",
        fails="KeyError: 'properties'",
    ),
    Case("keep_files_to_forms", "A(b: Optional[str] = None)", "{A: {properties: {b: {type: string, format: binary}}}}"),
    Case(
        "keep_files_to_forms",
        "OpBody(f: Optional[FilePart] = None)",
        operation="{requestBody: {content: {multipart/form-data: {schema: "
        "{properties: {f: {type: string, contentMediaType: application/octet-stream}}}}}}}",
    ),
    Case(
        "name_inline_types",
        "J = Union[str, JAll]",
        schemas="{J: {anyOf: [{type: string}, "
        "{type: object, properties: {all: {type: array, items: {$ref: '#/components/schemas/J'}}}}]}}",
        fails="Invalid property in union",
    ),
    Case(
        "separate_clashing_keys",
        "A(a_b: Optional[str] = None, a_b_2: Optional[int] = None)",
        schemas="{A: {type: object, properties: {a.b: {type: string}, a-b: {type: integer}}}}",
        fails="Properties <",
    ),
    Case(
        "relax_one_way_properties",
        "A(b: Optional[str] = None)",
        schemas="{A: {type: object, required: [b], properties: {b: {type: string, writeOnly: true}}}}",
    ),
    Case(
        "break_recursion",
        "J = Union[str, List[Any]]",
        schemas="{J: {anyOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/J'}}]}}",
        fails="Invalid property in union",
    ),
    Case(
        "keep_second_names",
        "B = A",
        schemas="{A: {type: object, properties: {c: {type: string}}}, B: {$ref: '#/components/schemas/A'}}",
        fails="KeyError: 'properties'",
    ),
    Case(
        "index_types",
        "op(x_since: Optional[Sequence[datetime.datetime]] = None)",
        operation="{parameters: [{name: X-Since, in: header, "
        "schema: {type: array, items: {type: string, format: date-time}}}]}",
        fails="StopIteration",
    ),
]


def document(case: Case) -> Json:
    operation = {"operationId": "op", "responses": {204: {}}, **yaml.safe_load(case.operation)}
    more = yaml.safe_load(case.more)
    components = {"schemas": yaml.safe_load(case.schemas), **more.pop("components", {})}
    content: Json = {
        "openapi": "3.1.0",
        "paths": {case.path: {case.method: operation}},
        "components": components,
        **more,
    }
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    return content


def sayings(package: Package) -> Iterator[str]:
    """Yield what a user of the package sees of it, a line each."""
    for model in package.models:
        fields = [
            f"{field.name}: {field.annotation}{f' = {field.default}' if field.default else ''}"
            for field in model.fields
        ]
        yield f"{model.name}({', '.join(fields)})"
        yield from (f"{model.name}.{field.wire_name}: {field.doc}" for field in model.fields)
    yield from (f"{alias.name} = {alias.annotation}" for alias in package.aliases)
    for operation in package.operations:
        arguments = operation.arguments(operation.bodies[0])
        yield f"{operation.name}({', '.join(argument.declaration for argument in arguments)})"
        yield f"{operation.name} -> {operation.result}"
        yield from (f"{operation.name} {status.strip(chr(39))}: {kind}" for status, kind in operation.responses)
        yield f"{operation.name} asks for {operation.module_doc.rpartition('Authentication: ')[2]}"
        yield f"{operation.name}: {'auth' if operation.auth else 'no auth'}"


def test_unions_that_multiply_are_left_untyped() -> None:
    unions = ", ".join(
        "{oneOf: ["
        + ", ".join(f"{{type: object, properties: {{k{part}{n}: {{type: string}}}}}}" for n in range(10))
        + "]}"
        for part in range(8)
    )
    # Multiplied out they are 100 million.
    assert len(said(Case("", "", schemas=f"{{A: {{allOf: [{unions}]}}}}"))) < 100


def test_an_answer_that_is_described_as_the_default_only_is_the_result() -> None:
    answer = "{default: {content: {application/json: {schema: {type: string}}}}}"
    assert "op -> str" in said(Case("", "", operation=f"{{responses: {answer}}}"))


@pytest.mark.parametrize("constant", ["1.5", "[1]", "{a: 1}"])
def test_a_constant_that_python_cannot_spell_is_told(constant: str) -> None:
    case = Case("", "", schemas=f"{{A: {{properties: {{b: {{enum: [{constant}, x]}}}}}}}}")
    assert any(line.startswith("A.b: One of ") for line in said(case))


def said(case: Case, without: "str | None" = None) -> "List[str]":
    rewrites = [rewrite for rewrite in REWRITES if rewrite.__name__ != without]
    return list(sayings(view(document(case), rewrites)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_construct_is_read_whole(case: Case) -> None:
    assert case.expected in said(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rewrite_cannot_be_left_out(case: Case) -> None:
    if not case.fails:
        assert case.expected not in said(case, without=case.rewrite)
        return
    with pytest.raises((GenerationError, LookupError, AttributeError, StopIteration)) as failure:
        said(case, without=case.rewrite)
    assert case.fails in failure.exconly()


def test_every_rewrite_has_a_case() -> None:
    assert {rewrite.__name__ for rewrite in REWRITES} == {case.rewrite for case in CASES}
