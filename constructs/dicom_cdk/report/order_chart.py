"""The apply order as a chart: a lane for each room, a column for each wave, as many waves side by side as a screen holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from dicom_cdk.plan.summary import place
from dicom_cdk.report.diagram import Diagram, Node

ACROSS = 14
"""Waves side by side; the next ones stand below."""
WAVE, LABEL, ROW, HEAD, MARGIN = 77, 86, 40, 24, 6
"""Width of a wave and of the rooms' names, height of a box and of the waves' numbers, in pixels; 1,176 in all."""
TITLE_LETTERS, LETTERS = 12, 13


@dataclass(frozen=True)
class Box:
    """Of a node, in pixels from the upper left."""

    x: float
    y: float


def order_svg(diagram: Diagram) -> str:
    """`diagram`: of apply_order, its columns are waves."""
    waves = max((node.column for node in diagram.nodes), default=-1) + 1
    boxes: dict[str, Box] = {}
    parts: list[str] = []
    y = float(MARGIN)
    for first in range(0, waves, ACROSS):
        shown = [node for node in diagram.nodes if first <= node.column < first + ACROSS]
        numbers = range(first, min(first + ACROSS, waves))
        parts += [
            f'<text x="{LABEL + (number - first) * WAVE + WAVE / 2:g}" y="{y + 15:g}" font-size="11" text-anchor="middle">'
            f"{number + 1}</text>"
            for number in numbers
        ]
        y += HEAD
        for room in sorted({node.room for node in shown}, key=place):
            own = [node for node in shown if node.room == room]
            deep = max(sum(1 for node in own if node.column == number) for number in numbers)
            parts.append(_lane(room, y, deep * ROW + 8, LABEL + len(numbers) * WAVE))
            for number in numbers:
                for row, node in enumerate(node for node in own if node.column == number):
                    boxes[node.id] = Box(LABEL + (number - first) * WAVE + 3, y + 4 + row * ROW)
            y += deep * ROW + 8
        y += MARGIN
    width = LABEL + min(waves, ACROSS) * WAVE + MARGIN
    lines = [
        _line(boxes[edge.source], boxes[edge.target])
        for edge in diagram.edges
        if boxes[edge.source].x < boxes[edge.target].x
    ]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {y:g}" width="{width:g}" height="{y:g}" role="img" '
            'aria-labelledby="order-title order-text">',
            f'<title id="order-title">{escape(diagram.title)}</title>',
            f'<desc id="order-text">{escape("; ".join(_told(diagram, waves)) or "nothing to wait for")}</desc>',
            *parts,
            *lines,
            *(_box(node, boxes[node.id]) for node in diagram.nodes),
            "</svg>",
        )
    )


def _lane(room: str, y: float, height: float, width: float) -> str:
    return (
        f'<rect x="0" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" stroke="currentColor" opacity=".25"/>'
        f'<text x="8" y="{y + height / 2 + 4:g}" font-size="12" font-weight="600">{escape(_short(room or "elsewhere"))}</text>'
    )


def _box(node: Node, box: Box) -> str:
    title = node.title.removeprefix(f"{node.room}/") or node.title
    texts = "".join(
        f'<text x="{box.x + (WAVE - 6) / 2:g}" y="{box.y + up:g}" font-size="{size}" font-weight="{weight}" text-anchor="middle">'
        f"{escape(_short(text, letters))}</text>"
        for text, up, size, weight, letters in (
            (title, 14, 10, 600, TITLE_LETTERS),
            (node.service, 27, 9.5, 400, LETTERS),
        )
    )
    return (
        f'<g><title>{escape(node.id)}</title><rect x="{box.x:g}" y="{box.y:g}" width="{WAVE - 6}" height="{ROW - 6}" rx="5" '
        f'class="box" stroke="currentColor"/>{texts}</g>'
    )


def _line(source: Box, target: Box) -> str:
    """Leaves on the right, comes in on the left, behind the boxes that it passes."""
    start, end = (source.x + WAVE - 6, source.y + (ROW - 6) / 2), (target.x, target.y + (ROW - 6) / 2)
    bend = min(40.0, (end[0] - start[0]) / 2 + 4)
    return (
        f'<path d="M{start[0]:g} {start[1]:g}C{start[0] + bend:g} {start[1]:g} {end[0] - bend:g} {end[1]:g} {end[0]:g} {end[1]:g}" '
        'fill="none" stroke="currentColor" opacity=".35"/>'
    )


def _told(diagram: Diagram, waves: int) -> Iterator[str]:
    for number in range(waves):
        yield f"wave {number + 1}: " + ", ".join(node.title for node in diagram.nodes if node.column == number)


def _short(text: str, letters: int = LETTERS) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
