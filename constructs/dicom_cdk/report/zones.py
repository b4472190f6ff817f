"""The zones of a VPC as bands of the picture: things of one zone together, those that stand in two between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from dicom_cdk.report.diagram import Node


@dataclass(frozen=True)
class Band:
    """Things of the VPC that stand in the same zones; `title`: which, "" where none is known."""

    title: str
    nodes: tuple[Node, ...]


def bands(nodes: Iterable[Node]) -> list[Band]:
    """From top to bottom: the zone with the most of its own, what stands in several zones, the other zones, what has none."""
    by_zones: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        if node.in_vpc:
            by_zones.setdefault(tuple(sorted(node.zones)), []).append(node)
    alone = sorted((zones for zones in by_zones if len(zones) == 1), key=lambda zones: (-len(by_zones[zones]), zones))
    shared = sorted(zones for zones in by_zones if len(zones) > 1)
    none = [zones for zones in by_zones if not zones]
    return [
        Band(_title(by_zones[zones][0].zones), tuple(by_zones[zones]))
        for zones in (*alone[:1], *shared, *alone[1:], *none)
    ]


def _title(zones: tuple[str, ...]) -> str:
    return f"{'zone' if len(zones) == 1 else 'zones'} {' and '.join(zones)}" if zones else ""
