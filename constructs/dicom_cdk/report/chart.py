"""One chart of numbers over time as SVG: lines, or bars that stand on each other; colours of the page, so also in the dark."""

from collections.abc import Sequence
from html import escape
from typing import Any

Row = dict[str, Any]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LEGEND = 560, 210, 46, 8, 10, 24, 18
"""In pixels; LEGEND: of each row of names below."""
NAMES_ACROSS = 3
COLOURS = 8
"""Classes series0 and so on of page.css."""
STEPS = (1, 2, 2.5, 5, 10)
"""What a mark of the upright axis may be worth, times a power of ten."""


def chart_svg(title: str, kind: str, rows: Sequence[Row], *, across: Sequence[str], up: Sequence[str]) -> str:
    """`kind`: line or bar. `across`: the column of times, in seconds; `up`: those that are drawn; any other names a series."""
    (moment,) = across
    named = [name for name in rows[0] if name != moment and name not in up]
    series: dict[str, dict[float, float]] = {}
    for row in rows:
        for column in up:
            name = " ".join(str(row[each]) for each in named) or column
            series.setdefault(name, {})[float(row[moment])] = float(row[column])
    moments = sorted({at for points in series.values() for at in points})
    highest = (
        max(sum(points.get(at, 0.0) for points in series.values()) for at in moments)
        if kind == "bar"
        else max(value for points in series.values() for value in points.values())
    )
    top = _top(highest)
    legend = LEGEND * -(-len(series) // NAMES_ACROSS)
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = plot_width / len(moments)
    x = {at: LEFT + (number + 0.5) * step for number, at in enumerate(moments)}

    def y(value: float) -> float:
        return TOP + plot_height * (1 - value / top)

    parts = [_axis(y(share * top), share * top) for share in (0, 0.5, 1)]
    every = -(-len(moments) // 6)
    parts += [
        f'<text x="{x[at]:.1f}" y="{HEIGHT - 8}" font-size="11" text-anchor="middle">{_clock(at - moments[0])}</text>'
        for at in moments[::every]
    ]
    below = dict.fromkeys(moments, 0.0)
    for number, (name, points) in enumerate(series.items()):
        colour = f"series{number % COLOURS}"
        if kind == "bar":
            for at, value in sorted(points.items()):
                parts.append(
                    f'<rect class="{colour}" x="{x[at] - step * 0.35:.1f}" y="{y(below[at] + value):.1f}" '
                    f'width="{step * 0.7:.1f}" height="{y(0) - y(value):.1f}"/>'
                )
                below[at] += value
        else:
            path = " ".join(f"{x[at]:.1f},{y(value):.1f}" for at, value in sorted(points.items()))
            parts.append(f'<polyline class="{colour}" points="{path}"/>')
            parts += [
                f'<circle class="{colour}" cx="{x[at]:.1f}" cy="{y(value):.1f}" r="2.2"/>'
                for at, value in points.items()
            ]
        parts.append(_name(number, name, colour))
    said = "; ".join(f"{name}: {_number(max(points.values()))} at most" for name, points in series.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {HEIGHT + legend}" role="img" '
        f'aria-label="{escape(f"{title}. {said}", quote=True)}">' + "".join(parts) + "</svg>"
    )


def _top(highest: float) -> float:
    """The end of the upright axis: the next round number."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(highest))) - 1) if highest >= 1 else 0.1
    return next((step * power for step in STEPS if step * power >= highest), 10 * power)


def _axis(y: float, value: float) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" font-size="11" text-anchor="end">{_number(value)}</text>'
    )


def _name(number: int, name: str, colour: str) -> str:
    x = LEFT + (number % NAMES_ACROSS) * (WIDTH - LEFT) / NAMES_ACROSS
    y = HEIGHT + LEGEND * (number // NAMES_ACROSS) + 12
    return (
        f'<rect class="{colour}" x="{x:.1f}" y="{y - 9:g}" width="12" height="9"/>'
        f'<text x="{x + 17:.1f}" y="{y:g}" font-size="12">{escape(name)}</text>'
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02d}"


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else f"{value / 1e6:g} M"
