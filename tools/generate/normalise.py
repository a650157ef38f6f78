"""Turns a published document into one from which the parser, and the views, read everything."""

import copy
from collections.abc import Callable, Sequence

from .document import Json
from .rewrites import composition, describe, forms, names, operations, places
from .schemas import Rewrite, rewrite_schemas

DocumentRewrite = Callable[[Json], None]


def _each_schema(rewrite: Rewrite) -> DocumentRewrite:
    def rewrite_all(content: Json) -> None:
        rewrite_schemas(content, rewrite)

    rewrite_all.__name__ = rewrite.__name__
    return rewrite_all


OPERATION_REWRITES: tuple[DocumentRewrite, ...] = (
    operations.inherit_security,
    operations.name_shared_schemas,
    operations.copy_shared_parts,
    operations.name_operations,
    operations.complete_parameters,
    operations.give_parameters_schemas,
    operations.give_media_schemas,
    operations.read_any_type_as_json,
    operations.empty_answers_to_head,
)
"""After these each operation holds all that is said of it; schemas are still as published."""

REWRITES: tuple[DocumentRewrite, ...] = (
    *OPERATION_REWRITES,
    names.name_referred_schemas,
    _each_schema(forms.unite_key_patterns),
    _each_schema(forms.replace_boolean_schema),
    names.name_components,
    _each_schema(describe.describe_constraints),
    _each_schema(forms.forget_annotations),
    _each_schema(forms.spell_out_null),
    _each_schema(forms.infer_type),
    _each_schema(forms.split_type_list),
    _each_schema(forms.split_enum),
    _each_schema(forms.replace_constant),
    _each_schema(forms.give_array_items),
    _each_schema(forms.drop_required_alternatives),
    _each_schema(forms.split_reference),
    composition.tag_union_members,
    composition.merge_parts,
    places.keep_files_to_forms,
    names.name_inline_types,
    _each_schema(forms.separate_clashing_keys),
    places.relax_one_way_properties,
    places.break_recursion,
    places.keep_second_names,
    places.index_types,
)
"""In order: operations, names of types, forms of schemas, what these are composed of, and where they are used."""


def normalise(content: Json, rewrites: Sequence[DocumentRewrite] = REWRITES) -> Json:
    """Return a copy of the document with the rewrites applied."""
    content = copy.deepcopy(content)
    for rewrite in rewrites:
        rewrite(content)
    return content
