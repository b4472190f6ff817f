"""The lines of a diagram through its places: one port for all that come to a box from one side, a port each for what leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dicom_cdk.report.diagram import Diagram, Edge
from dicom_cdk.report.layout import GAP_X, MARGIN, PORT, WIDTH, Places
from dicom_cdk.report.rows import Place

Point = tuple[float, float]
Port = tuple[str, str, bool]
"""Box, the target of what passes it, whether that is the box itself or leaves it."""


@dataclass(frozen=True)
class Line:
    """An edge's way through its points; `label_at`: start or end of it, where the text stands, "" where another line says it."""

    edge: Edge
    points: tuple[Point, ...]
    label_at: str


def lines(diagram: Diagram, found: Places) -> list[Line]:
    """One for each edge, in order."""
    ports = _ports(diagram, found)
    columns = found.columns
    labels: dict[Point, set[str]] = {}
    for edge in diagram.edges:
        labels.setdefault(ports[_port(edge, columns, starts=False)], set()).add(edge.label)
    told: set[Point] = set()
    result = []
    for edge, chain in zip(diagram.edges, found.chains, strict=True):
        start, end = (ports[_port(edge, columns, starts=starts)] for starts in (True, False))
        points = [start]
        if columns[edge.source] == columns[edge.target]:
            points.append((start[0] + GAP_X * 0.45, (start[1] + end[1]) / 2))
        for passed in chain[1:-1]:
            if isinstance(passed, tuple):
                x, y = MARGIN + passed[1] * (WIDTH + GAP_X), found.lanes[passed]
                way = [(x, y), (x + WIDTH, y)]
                points += way if end[0] > start[0] else reversed(way)
        points.append(end)
        label_at = "start" if len(labels[end]) > 1 else "" if end in told else "end"
        told.add(end)
        result.append(Line(edge, tuple(points), label_at))
    return result


def _port(edge: Edge, columns: Mapping[str, int], *, starts: bool) -> tuple[str, str, bool]:
    """Which port an end takes: its box, what for, on which side."""
    if starts:
        return edge.source, edge.target, columns[edge.target] >= columns[edge.source]
    return edge.target, "", columns[edge.source] >= columns[edge.target]


def _ports(diagram: Diagram, found: Places) -> dict[Port, Point]:
    def height_of(place: Place) -> float:
        return found.lanes[place] if isinstance(place, tuple) else found.boxes[place].y + found.boxes[place].height / 2

    wanted: dict[Port, list[float]] = {}
    for edge, chain in zip(diagram.edges, found.chains, strict=True):
        wanted.setdefault(_port(edge, found.columns, starts=True), []).append(height_of(chain[1]))
        wanted.setdefault(_port(edge, found.columns, starts=False), []).append(height_of(chain[-2]))
    sides: dict[tuple[str, bool], list[tuple[float, Port]]] = {}
    for port, heights in wanted.items():
        sides.setdefault((port[0], port[2]), []).append((sum(heights) / len(heights), port))
    places: dict[Port, Point] = {}
    for (node, right), taken in sides.items():
        box = found.boxes[node]
        for number, (_, port) in enumerate(sorted(taken)):
            y = box.y + box.height / 2 + (number - (len(taken) - 1) / 2) * PORT
            places[port] = (box.x + (WIDTH if right else 0), round(y, 1))
    return places
