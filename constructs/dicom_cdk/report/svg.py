"""A diagram as SVG: nothing but text, boxes and lines; readable in the dark and on paper, told in words to who cannot see it."""

from html import escape
from itertools import pairwise

from dicom_cdk.report.diagram import Diagram, Node
from dicom_cdk.report.layout import GAP_X, WIDTH, Box, Places, places
from dicom_cdk.report.lines import Line, Point, lines

LETTERS, LABEL_LETTERS = 25, 11
"""That fit into a box, and beside it."""
COLOURS = (
    "svg{color:#1b1f24;background:#fff}svg text{fill:currentColor;font-family:system-ui,sans-serif}svg .box{fill:#f4f6f8}"
    "svg .port{stroke:#fff}@media(prefers-color-scheme:dark){svg{color:#e6e9ec;background:#14171a}svg .box{fill:#1e2328}"
    "svg .port{stroke:#14171a}}"
)
"""Of an SVG that stands alone; in a page the page's own apply."""


def svg(diagram: Diagram, name: str, *, alone: bool = False) -> str:
    """`name` makes ids unique in a page that holds several; `alone`: a file of its own, with its colours."""
    found = places(diagram)
    drawn = lines(diagram, found)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {found.width:g} {found.height:g}" width="{found.width:g}" '
        f'height="{found.height:g}" role="img" aria-labelledby="{name}-title {name}-text">',
        f'<title id="{name}-title">{escape(diagram.title)}</title>',
        f'<desc id="{name}-text">{escape(_told(diagram))}</desc>',
        f"<style>{COLOURS}</style>" if alone else "",
        f'<defs><marker id="{name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>',
        *_vpc(diagram, found),
        *(_line(line, name) for line in drawn),
        *(_box(node, found.boxes[node.id]) for node in diagram.nodes),
        *(_label(line) for line in drawn if line.edge.label and line.label_at),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def _vpc(diagram: Diagram, found: Places) -> list[str]:
    inside = [found.boxes[node.id] for node in diagram.nodes if node.in_vpc]
    if not inside:
        return []
    left, right = min(box.x for box in inside) - 12, max(box.x for box in inside) + WIDTH + 12
    top, bottom = found.frames[0].y - 22, found.frames[-1].y + found.frames[-1].height + 8
    parts = [_frame("VPC", left - 8, top, right - left + 16, bottom - top, "5 4")]
    parts += [_frame(one.title, left, one.y, right - left, one.height, "1 3") for one in found.frames if one.title]
    return parts


def _frame(title: str, x: float, y: float, width: float, height: float, dashes: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" fill="none" stroke="currentColor" '
        f'stroke-dasharray="{dashes}" opacity=".55"/><text x="{x + 8:g}" y="{y + 14:g}" font-size="12">{escape(title)}</text>'
    )


def _box(node: Node, box: Box) -> str:
    said = ((node.title, 12.5, 600), (node.service, 11, 400), (node.name, 10.5, 400), (node.detail, 10.5, 400))
    lines = [one for one in said if one[0]]
    start = box.y + box.height / 2 - (len(lines) - 1) * 7.5 + 4
    texts = "".join(
        f'<text x="{box.x + WIDTH / 2:g}" y="{start + number * 15:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle">{escape(_short(text, LETTERS if size > 12 else LETTERS + 2))}</text>'
        for number, (text, size, weight) in enumerate(lines)
    )
    return (
        f'<g><title>{escape(f"{node.name} {node.id}".strip())}</title><rect x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" '
        f'height="{box.height:g}" rx="6" class="box" stroke="currentColor"/>{texts}</g>'
    )


def _line(line: Line, name: str) -> str:
    path = f"M{line.points[0][0]:g} {line.points[0][1]:g}"
    turns = line.points[0][0] == line.points[-1][0]
    for one, other in pairwise(line.points):
        path += _turn(one, other, line.points[0][0] + GAP_X * 0.45) if turns else _curve(one, other)
    back = f' marker-start="url(#{name}-arrow)"' if line.edge.both_ways else ""
    return f'<path d="{path}" fill="none" stroke="currentColor" opacity=".7" marker-end="url(#{name}-arrow)"{back}/>'


def _curve(one: Point, other: Point) -> str:
    if one[1] == other[1]:
        return f"L{other[0]:g} {other[1]:g}"
    bend = (other[0] - one[0]) / 2
    return f"C{one[0] + bend:g} {one[1]:g} {other[0] - bend:g} {other[1]:g} {other[0]:g} {other[1]:g}"


def _turn(one: Point, other: Point, bend: float) -> str:
    """Of one quarter around the right side, between neighbours of one column."""
    control = (bend, one[1]) if one[0] < other[0] else (bend, other[1])
    return f"Q{control[0]:g} {control[1]:g} {other[0]:g} {other[1]:g}"


def _label(line: Line) -> str:
    at_start = line.label_at == "start"
    (x, y), (beside, _) = (line.points[0], line.points[1]) if at_start else (line.points[-1], line.points[-2])
    right = beside > x
    anchor = "start" if right else "end"
    return (
        f'<text x="{x + (10 if right else -10):g}" y="{y - 3:g}" font-size="11" text-anchor="{anchor}" class="port" '
        f'paint-order="stroke" stroke-width="3">{escape(_short(line.edge.label, LABEL_LETTERS))}</text>'
    )


def _told(diagram: Diagram) -> str:
    titles = {node.id: node.title for node in diagram.nodes}
    said = [
        f"{titles[edge.source]} {'and' if edge.both_ways else 'to'} {titles[edge.target]}{f' ({edge.label})' if edge.label else ''}"
        for edge in diagram.edges
    ]
    return "; ".join(said) or "nothing speaks to anything"


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
