"""Where the boxes of a diagram go: columns from left to right, zones as bands from top to bottom, rows so that few lines cross.

The layered drawing of Sugiyama, Tagawa and Toda (1981): lines that pass columns get a lane in each, one for all that go to the same
target; rows are put in order by the mean of their neighbours, then moved towards them as far as order and bands allow. The same
diagram gives the same places everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dicom_cdk.report.diagram import Diagram, Edge
from dicom_cdk.report.rows import GAP_Y, Lane, Place, middles_of, ordered
from dicom_cdk.report.zones import bands

WIDTH, HEIGHT, GAP_X, MARGIN = 174, 74, 70, 12
"""In pixels; five columns take 1,174, which fits a screen of 1,280."""
LANE, PORT = 8, 14
"""Height of a passing line, and of a line that ends at a box."""
FRAME = 26
"""Between two bands: a frame's edge, its title, and the next one's."""
ABOVE = -1
"""The band above the VPC, of lines that only pass it."""


@dataclass(frozen=True)
class Box:
    """Of a node, in pixels from the upper left."""

    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Frame:
    """Around the boxes of a band; from its upper edge, in pixels."""

    title: str
    y: float
    height: float


@dataclass(frozen=True)
class Places:
    """Boxes by node id, height of each lane, frames of the bands, the chain of places of each edge, size of the whole."""

    columns: Mapping[str, int]
    boxes: Mapping[str, Box]
    lanes: Mapping[Lane, float]
    frames: tuple[Frame, ...]
    chains: tuple[tuple[Place, ...], ...]
    width: float
    height: float


def places(diagram: Diagram) -> Places:
    """Places of everything; empty columns are left out."""
    used = sorted({node.column for node in diagram.nodes})
    columns = {node.id: used.index(node.column) for node in diagram.nodes}
    chains = tuple(tuple(_chain(edge, columns)) for edge in diagram.edges)
    stacked = bands(diagram.nodes)
    band_of: dict[Place, int] = {node.id: number for number, band in enumerate(stacked) for node in band.nodes}
    rows: list[list[Place]] = [[] for _ in used]
    for node in diagram.nodes:
        rows[columns[node.id]].append(node.id)
    for edge, chain in zip(diagram.edges, chains, strict=True):
        for place in chain[1:-1]:
            if isinstance(place, tuple) and place not in rows[place[1]]:
                rows[place[1]].append(place)
                band_of[place] = band_of.get(edge.target, band_of.get(edge.source, ABOVE))
    for row in rows:
        # What shares a column with the VPC or with lines that pass it, without being in it, stands below.
        if any(place in band_of for place in row):
            band_of |= {place: len(stacked) for place in row if place not in band_of}
    neighbours = _neighbours(chains)
    rows = ordered(rows, neighbours, band_of)
    heights = _heights(rows, diagram.edges, columns)
    frames, reach = _frames(rows, heights, [band.title for band in stacked], band_of)
    middles = middles_of(rows, neighbours, heights, {place: reach[band_of.get(place)] for row in rows for place in row})
    boxes = {
        node.id: Box(
            MARGIN + columns[node.id] * (WIDTH + GAP_X),
            round(middles[node.id] - heights[node.id] / 2, 1),
            heights[node.id],
        )
        for node in diagram.nodes
    }
    lanes = {place: round(middles[place], 1) for row in rows for place in row if isinstance(place, tuple)}
    width = max((box.x for box in boxes.values()), default=0.0) + WIDTH + MARGIN
    return Places(
        columns,
        boxes,
        lanes,
        frames,
        chains,
        width + (GAP_X / 2 if _turns(chains, columns) else 0),
        reach[None][1] + MARGIN,
    )


def _chain(edge: Edge, columns: Mapping[str, int]) -> list[Place]:
    start, end = columns[edge.source], columns[edge.target]
    step = 1 if end > start else -1
    passed = range(start + step, end, step) if start != end else ()
    return [edge.source, *((edge.target, column) for column in passed), edge.target]


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


def _heights(rows: Iterable[Iterable[Place]], edges: Iterable[Edge], columns: Mapping[str, int]) -> dict[Place, float]:
    sides: dict[tuple[str, bool], set[tuple[str, bool]]] = {}
    for edge in edges:
        right = columns[edge.target] >= columns[edge.source]
        sides.setdefault((edge.source, right), set()).add((edge.target, True))
        # All that come from one side end at one point.
        sides.setdefault((edge.target, columns[edge.source] >= columns[edge.target]), set()).add((edge.target, False))
    return {
        place: LANE if isinstance(place, tuple)
        else max(HEIGHT, 12 + PORT * max(len(sides.get((place, right), ())) for right in (False, True)))
        for row in rows for place in row
    }  # fmt: skip


def _frames(
    rows: Sequence[Sequence[Place]], heights: Mapping[Place, float], titles: Sequence[str], band_of: Mapping[Place, int]
) -> tuple[tuple[Frame, ...], dict[int | None, tuple[float, float]]]:
    """Frames of the bands, and from where to where the places of each band may go; None: places outside the VPC."""

    def stack(row: Sequence[Place], number: int | None) -> float:
        own = [heights[place] for place in row if band_of.get(place) == number]
        return sum(own) + GAP_Y * (len(own) - 1) if own else 0.0

    y = float(MARGIN)
    above = max((stack(row, ABOVE) for row in rows), default=0.0)
    reach: dict[int | None, tuple[float, float]] = {ABOVE: (y, y + above)}
    y += above + (GAP_Y if above else 0) + (FRAME if titles else 0)
    frames = []
    for number, title in enumerate(titles):
        height = max(stack(row, number) for row in rows)
        reach[number] = (y, y + height)
        frames.append(Frame(title, y - 20, height + 28))
        y += height + GAP_Y + FRAME
    below = max((stack(row, len(titles)) for row in rows), default=0.0)
    reach[len(titles)] = (y, y + below)
    y += below + FRAME if below else 0
    bottom = max(y - FRAME if titles or below else y, MARGIN + max((stack(row, None) for row in rows), default=0.0))
    reach[None] = (float(MARGIN), bottom)
    return tuple(frames), reach
