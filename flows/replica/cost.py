"""What a query costs by GitHub's rule: the requests that its connections need at most, by the hundred, at least one."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.utilities import value_from_ast_untyped

CONNECTIONS_A_POINT = 100


def points(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """Return the points of a query: each connection counts once for every parent that it may be asked of."""
    walk = _Walk(schema, document, variables)
    asked = sum(walk.requests(one.selection_set, schema.query_type, 1) for one in walk.operations)
    return max(1, round(asked / CONNECTIONS_A_POINT))


class _Walk:
    """One pass over a document, with its fragments and variables at hand."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema, self.variables = schema, dict(variables)
        self.operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        found = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
        self.fragments = {one.name.value: one for one in found}

    def requests(self, selected: SelectionSetNode | None, parent: Any, times: int) -> int:
        """Return how many requests the connections below need when their parent comes `times` times."""
        return sum(self._field(field, of, times) for field, of in self._fields(selected, parent))

    def _field(self, field: FieldNode, parent: Any, times: int) -> int:
        known = parent.fields.get(field.name.value) if isinstance(parent, GraphQLObjectType) else None
        if known is None:
            return 0
        kind = get_named_type(known.type)
        asked = {one.name.value: value_from_ast_untyped(one.value, self.variables) for one in field.arguments or ()}
        if not kind.name.endswith("Connection"):
            return self.requests(field.selection_set, kind, times * len(asked.get("ids") or [0]))
        size = asked.get("first") or asked.get("last") or 1
        return times + self.requests(field.selection_set, kind, times * size)

    def _fields(self, selected: SelectionSetNode | None, parent: Any) -> Iterator[tuple[FieldNode, Any]]:
        for one in selected.selections if selected else ():
            if isinstance(one, FieldNode):
                yield one, parent
            elif isinstance(one, FragmentSpreadNode):
                found = self.fragments[one.name.value]
                yield from self._fields(found.selection_set, self.schema.type_map[found.type_condition.name.value])
            elif isinstance(one, InlineFragmentNode):
                condition = one.type_condition
                yield from self._fields(
                    one.selection_set, self.schema.type_map[condition.name.value] if condition else parent
                )
