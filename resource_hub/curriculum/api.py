"""JSON door to the tree: open a node, search for a place, open the picker where one is."""

from flask import Blueprint, Response

from resource_hub.curriculum import queries
from resource_hub.curriculum.queries import Node
from resource_hub.curriculum.schemas import NodeOut, NodesOut, NodesQuery, NodeWithPath
from resource_hub.infra.web.doors import requires
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import query, reply

blueprint = Blueprint("curriculum_api", __name__, url_prefix="/api/v1/curriculum")


@blueprint.get("/nodes")
@requires("curriculum.read")
@described(query=NodesQuery, gives=NodesOut)
def list_nodes() -> Response:
    """List the children of a node, or what a text finds."""
    asked = query(NodesQuery)
    text = (asked.q or "").strip()
    parent_id = queries.node(asked.parent).id if asked.parent else None
    found = queries.find_nodes(text) if text else queries.children_of(parent_id)
    return reply(NodesOut(nodes=[_out(node) for node in found]))


@blueprint.get("/nodes/<node_id>")
@requires("curriculum.read")
@described(gives=NodeWithPath)
def show_node(node_id: str) -> Response:
    """Show a node and the way to it."""
    path = [_out(node) for node in queries.path_of(node_id)]
    return reply(NodeWithPath(node=path[-1], path=path[:-1]))


def _out(node: Node) -> NodeOut:
    return NodeOut(id=node.id, title=node.title, path=node.path, kind=node.kind.value, grade=node.grade, has_children=node.has_children)
