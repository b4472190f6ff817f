"""Where boxes and lines of a diagram go: columns from left to right, rows so that few lines cross, long lines in own lanes.

The layered drawing of Sugiyama, Tagawa and Toda (1981): lines that pass columns get a place in each, rows are put in order by the
mean of their neighbours, then moved towards them as far as the order allows. The same diagram gives the same places everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dicom_cdk.report.diagram import Diagram, Edge

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 232, 62, 96, 18, 26
LANE, PORT = 10, 15
"""Height of a passing line, and of a line that ends at a box."""
SWEEPS = 12
Point = tuple[float, float]
Place = str | tuple[int, int]
"""A node's id, or (number of the edge, column) where it passes."""


@dataclass(frozen=True)
class Box:
    """Of a node, in pixels from the upper left."""

    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Line:
    """An edge's way through its points; `label_at`: start or end of it, where the text stands."""

    edge: Edge
    points: tuple[Point, ...]
    label_at: str


@dataclass(frozen=True)
class Layout:
    """Boxes by node id, lines in order, size of the whole."""

    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    width: float
    height: float


def layout(diagram: Diagram) -> Layout:
    """Places of everything; empty columns are left out."""
    used = sorted({node.column for node in diagram.nodes})
    columns = {node.id: used.index(node.column) for node in diagram.nodes}
    chains = [_chain(number, edge, columns) for number, edge in enumerate(diagram.edges)]
    rows: list[list[Place]] = [[] for _ in used]
    for node in diagram.nodes:
        rows[columns[node.id]].append(node.id)
    for chain in chains:
        for place in chain[1:-1]:
            if isinstance(place, tuple):
                rows[place[1]].append(place)
    neighbours = _neighbours(chains)
    rows = _ordered(rows, neighbours)
    heights = _heights(rows, diagram.edges, columns)
    middles = _middles(rows, neighbours, heights)
    top = min((middles[place] - heights[place] / 2 for row in rows for place in row), default=0.0) - MARGIN
    boxes = {
        node.id: Box(
            MARGIN + columns[node.id] * (WIDTH + GAP_X),
            round(middles[node.id] - heights[node.id] / 2 - top, 1),
            heights[node.id],
        )
        for node in diagram.nodes
    }
    lanes = {place: round(middles[place] - top, 1) for row in rows for place in row if isinstance(place, tuple)}
    height = (
        max([box.y + box.height for box in boxes.values()] + [y + LANE for y in lanes.values()], default=0.0) + MARGIN
    )
    width = (
        max((box.x for box in boxes.values()), default=0.0)
        + WIDTH
        + MARGIN
        + (GAP_X / 2 if _turns(chains, columns) else 0)
    )
    return Layout(boxes, tuple(_lines(diagram.edges, chains, boxes, lanes, columns)), width, height)


def _chain(number: int, edge: Edge, columns: Mapping[str, int]) -> list[Place]:
    start, end = columns[edge.source], columns[edge.target]
    step = 1 if end > start else -1
    return [edge.source, *((number, column) for column in range(start + step, end, step) if start != end), edge.target]


def _turns(chains: Iterable[Sequence[Place]], columns: Mapping[str, int]) -> bool:
    last = max(columns.values(), default=0)
    return any(columns.get(str(chain[0])) == columns.get(str(chain[-1])) == last for chain in chains)


def _neighbours(chains: Iterable[Sequence[Place]]) -> dict[Place, list[Place]]:
    found: dict[Place, list[Place]] = {}
    for chain in chains:
        for one, other in pairwise(chain):
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found


def _ordered(rows: list[list[Place]], neighbours: Mapping[Place, list[Place]]) -> list[list[Place]]:
    best, fewest = rows, _crossings(rows, neighbours)
    rows = [list(row) for row in rows]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for number in range(len(rows)) if forward else reversed(range(len(rows))):
            beside = number - 1 if forward else number + 1
            if 0 <= beside < len(rows):
                at = {place: row for row, place in enumerate(rows[beside])}
                own = {place: row for row, place in enumerate(rows[number])}

                def mean(place: Place, at: dict[Place, int] = at, own: dict[Place, int] = own) -> float:
                    seen = [at[one] for one in neighbours.get(place, ()) if one in at]
                    return sum(seen) / len(seen) if seen else float(own[place])

                rows[number].sort(key=mean)
        crossings = _crossings(rows, neighbours)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _crossings(rows: Sequence[Sequence[Place]], neighbours: Mapping[Place, list[Place]]) -> int:
    count = 0
    for row, beside in pairwise(rows):
        at = {place: number for number, place in enumerate(beside)}
        ends = [end for place in row for end in sorted(at[one] for one in neighbours.get(place, ()) if one in at)]
        count += sum(1 for number, one in enumerate(ends) for other in ends[number + 1 :] if other < one)
    return count


def _heights(rows: Iterable[Iterable[Place]], edges: Iterable[Edge], columns: Mapping[str, int]) -> dict[Place, float]:
    sides: dict[tuple[str, bool], int] = {}
    for edge in edges:
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            side = (end, columns[other] >= columns[end])
            sides[side] = sides.get(side, 0) + 1
    return {
        place: LANE if isinstance(place, tuple)
        else max(HEIGHT, 12 + PORT * max(sides.get((place, right), 0) for right in (False, True)))
        for row in rows for place in row
    }  # fmt: skip


def _middles(
    rows: Sequence[Sequence[Place]], neighbours: Mapping[Place, list[Place]], heights: Mapping[Place, float]
) -> dict[Place, float]:
    found: dict[Place, float] = {}
    for row in rows:
        y = 0.0
        for place in row:
            found[place] = y + heights[place] / 2
            y += heights[place] + GAP_Y
    for _ in range(SWEEPS):
        for row in rows:
            wanted = []
            for place in row:
                seen = [found[one] for one in neighbours.get(place, ())]
                wanted.append(sum(seen) / len(seen) if seen else found[place])
            found.update(zip(row, _apart(wanted, [heights[place] for place in row]), strict=True))
    return found


def _apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones that keep the order and the gaps (least squares: pooled neighbours)."""
    offsets, y = [], 0.0
    for number, height in enumerate(heights):
        y += (heights[number - 1] + height) / 2 + GAP_Y if number else 0.0
        offsets.append(y)
    pools: list[tuple[float, int]] = []
    for one, offset in zip(wanted, offsets, strict=True):
        pools.append((one - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (later, more), (sooner, count) = pools.pop(), pools.pop()
            pools.append(((sooner * count + later * more) / (count + more), count + more))
    levels = [mean for mean, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _lines(
    edges: Sequence[Edge], chains: Sequence[Sequence[Place]], boxes: Mapping[str, Box], lanes: Mapping[tuple[int, int], float],
    columns: Mapping[str, int],
) -> list[Line]:  # fmt: skip
    def height_of(place: Place) -> float:
        return lanes[place] if isinstance(place, tuple) else boxes[place].y + boxes[place].height / 2

    ends: dict[tuple[str, bool], list[tuple[float, int, bool]]] = {}
    for number, (edge, chain) in enumerate(zip(edges, chains, strict=True)):
        for own, other, beside, starts in (
            (edge.source, edge.target, chain[1], True),
            (edge.target, edge.source, chain[-2], False),
        ):
            ends.setdefault((own, columns[other] >= columns[own]), []).append((height_of(beside), number, starts))
    ports: dict[tuple[int, bool], Point] = {}
    crowd: dict[tuple[int, bool], int] = {}
    for (node, right), found in ends.items():
        box = boxes[node]
        for place, (_, number, starts) in enumerate(sorted(found)):
            y = box.y + box.height / 2 + (place - (len(found) - 1) / 2) * PORT
            ports[number, starts] = (box.x + (WIDTH if right else 0), round(y, 1))
            crowd[number, starts] = len(found)
    lines = []
    for number, (edge, chain) in enumerate(zip(edges, chains, strict=True)):
        start, end = ports[number, True], ports[number, False]
        points: list[Point] = [start]
        if columns[edge.source] == columns[edge.target]:
            points.append((start[0] + GAP_X * 0.45, (start[1] + end[1]) / 2))
        for passed in chain[1:-1]:
            if isinstance(passed, tuple):
                x = MARGIN + passed[1] * (WIDTH + GAP_X)
                way = [(x, lanes[passed]), (x + WIDTH, lanes[passed])]
                points += way if end[0] > start[0] else reversed(way)
        points.append(end)
        lines.append(Line(edge, tuple(points), "start" if crowd[number, True] <= crowd[number, False] else "end"))
    return lines
