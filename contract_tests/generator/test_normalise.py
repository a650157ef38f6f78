"""Each rewrite of the document does its one thing."""

import copy
from typing import Any, Callable, Dict

import pytest
import yaml

from tools.generate import normalise as rewrites
from tools.generate.inline import name_inline_objects
from tools.generate.schemas import rewrite_schema


@pytest.mark.parametrize(
    ("rewrite", "before", "after"),
    [
        (
            rewrites.replace_boolean_schema,
            "{properties: {a: true, b: {items: false}}}",
            "{properties: {a: {}, b: {items: {}}}}",
        ),
        (
            rewrites.replace_boolean_schema,
            "{type: object, additionalProperties: false}",
            "{type: object, additionalProperties: {}}",
        ),
        (rewrites.forget_annotations, "{type: string, default: x, title: T, examples: [x]}", "{type: string}"),
        (
            rewrites.forget_annotations,
            "{properties: {title: {type: string, title: T}, default: {}}}",
            "{properties: {title: {type: string}, default: {}}}",
        ),
        (rewrites.give_array_items, "{anyOf: [{type: array}]}", "{anyOf: [{type: array, items: {}}]}"),
        (rewrites.give_array_items, "{type: array, prefixItems: [{}]}", "{type: array, prefixItems: [{}]}"),
        (
            rewrites.split_nullable_enum,
            "{type: [string, 'null'], enum: [a, null], description: D}",
            "{description: D, anyOf: [{type: string, enum: [a]}, {type: 'null'}]}",
        ),
        (rewrites.split_nullable_enum, "{type: string, enum: [a]}", "{type: string, enum: [a]}"),
        (
            rewrites.drop_required_alternatives,
            "{properties: {a: {}}, anyOf: [{required: [a]}, {required: [b]}]}",
            "{properties: {a: {}}}",
        ),
        (
            rewrites.drop_required_alternatives,
            "{properties: {a: {}}, anyOf: [{required: [a]}, {type: object}]}",
            "{properties: {a: {}}, anyOf: [{required: [a]}, {type: object}]}",
        ),
    ],
)
def test_schema_rewrites(rewrite: Callable[[Any], Any], before: str, after: str) -> None:
    assert rewrite_schema(yaml.safe_load(before), rewrite) == yaml.safe_load(after)


def changed(change: Callable[[Dict[str, Any]], None], document: str) -> Dict[str, Any]:
    content: Dict[str, Any] = yaml.safe_load(document)
    change(content)
    return content


def test_security_is_inherited_unless_an_operation_has_its_own() -> None:
    content = changed(rewrites.inherit_security, "{security: [{Key: []}], paths: {/a: {get: {}, put: {security: []}}}}")
    assert content["paths"]["/a"] == {"get": {"security": [{"Key": []}]}, "put": {"security": []}}


def test_a_parameters_description_goes_to_its_schema() -> None:
    content = changed(
        rewrites.describe_parameters,
        """
        paths: {/a: {parameters: [{$ref: '#/components/parameters/P'}], get: {parameters: [{name: q, schema: {}}]}}}
        components: {parameters: {P: {name: p, description: D, schema: {type: string}}}}
        """,
    )
    assert content["components"]["parameters"]["P"]["schema"] == {"type": "string", "description": "D"}
    assert content["paths"]["/a"]["get"]["parameters"] == [{"name": "q", "schema": {}}]


def test_json_comes_first_among_media_types() -> None:
    document = "{components: {responses: {A: {content: {text/csv: {}, text/event-stream: {}, application/json: {}}}}}}"
    answer = changed(rewrites.put_json_first, document)["components"]["responses"]["A"]
    assert list(answer["content"]) == ["application/json", "text/csv", "text/event-stream"]


def test_inline_objects_are_named_after_their_place() -> None:
    content = changed(
        name_inline_objects,
        """
        paths:
          /a:
            post:
              operationId: makeIt
              requestBody: {content: {application/json: {schema: {properties: {a: {}}}}}}
              responses:
                '200': {content: {application/json: {schema: {type: array, items: {properties: {b: {}}}}}}}
                '404': {content: {application/json: {schema: {properties: {c: {}}}}}}
        components:
          schemas:
            Event:
              oneOf:
                - {properties: {kind: {const: opened}, by: {properties: {id: {}}}}}
                - {required: [reason], properties: {reason: {enum: [x]}}}
                - {type: string, enum: [none]}
        """,
    )
    schemas = content["components"]["schemas"]
    events = {"Event", "EventOpened", "EventOpenedBy", "EventReason", "Event2"}
    assert set(schemas) == {*events, "MakeItBody", "MakeItResponseItem", "MakeItError404"}
    assert schemas["Event"]["oneOf"][0] == {"$ref": "#/components/schemas/EventOpened"}
    assert schemas["EventOpened"]["properties"]["by"] == {"$ref": "#/components/schemas/EventOpenedBy"}


def test_every_component_can_be_found_again() -> None:
    content = changed(rewrites.index_aliases, "{components: {schemas: {A: {}, B: {}}}}")
    assert content["components"]["schemas"][rewrites.ALIASES]["properties"] == {
        "A": {"$ref": "#/components/schemas/A"},
        "B": {"$ref": "#/components/schemas/B"},
    }


def test_the_published_document_stays_as_it_is() -> None:
    published = {"paths": {}, "security": [], "components": {"schemas": {"A": {"title": "T", "items": True}}}}
    before = copy.deepcopy(published)
    rewrites.normalise(published)
    assert published == before
