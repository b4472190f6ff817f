"""The network as cards below each other, for screens that a picture does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass

from dicom_cdk.report.diagram import Diagram, Node
from dicom_cdk.report.zones import bands


@dataclass(frozen=True)
class Card:
    """One thing; `asks`: whom, and on which port or for what."""

    node: Node
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """What stands in one place."""

    title: str
    cards: tuple[Card, ...]


def stacked(diagram: Diagram) -> list[Group]:
    """Outside, each zone of the VPC, the services outside; groups without anything are left out."""
    last = max((node.column for node in diagram.nodes), default=0)
    outside = [node for node in diagram.nodes if not node.in_vpc]
    groups = [
        ("Outside", [node for node in outside if node.column < last]),
        *((f"VPC, {band.title}" if band.title else "VPC", list(band.nodes)) for band in bands(diagram.nodes)),
        ("Services outside the VPC", [node for node in outside if node.column == last]),
    ]
    return [
        Group(title, tuple(Card(node, tuple(_asks(diagram, node))) for node in nodes))
        for title, nodes in groups
        if nodes
    ]


def _asks(diagram: Diagram, node: Node) -> Iterator[str]:
    titles = {one.id: one.title for one in diagram.nodes}
    for edge in diagram.edges:
        if edge.source == node.id or (edge.both_ways and edge.target == node.id):
            other = edge.target if edge.source == node.id else edge.source
            yield f"{titles[other]}{f' ({edge.label})' if edge.label else ''}"
