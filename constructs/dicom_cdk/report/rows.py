"""Order and heights of the places in each column: few crossings, near to their neighbours, as far as bands and gaps allow."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

GAP_Y = 14
"""Between two boxes, in pixels."""
SWEEPS = 12
Lane = tuple[str, int]
"""A target's id and the column where the lines to it pass."""
Place = str | Lane
"""A node's id, or a lane."""


def ordered(
    rows: list[list[Place]], neighbours: Mapping[Place, list[Place]], band_of: Mapping[Place, int]
) -> list[list[Place]]:
    """Rows with few crossing lines; bands stay one below the other."""
    rows = [sorted(row, key=lambda place: band_of.get(place, 0)) for row in rows]
    best, fewest = rows, _crossings(rows, neighbours)
    rows = [list(row) for row in rows]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for number in range(len(rows)) if forward else reversed(range(len(rows))):
            beside = number - 1 if forward else number + 1
            if 0 <= beside < len(rows):
                at = {place: row for row, place in enumerate(rows[beside])}
                own = {place: row for row, place in enumerate(rows[number])}

                def mean(place: Place, at: dict[Place, int] = at, own: dict[Place, int] = own) -> tuple[int, float]:
                    seen = [at[one] for one in neighbours.get(place, ()) if one in at]
                    return band_of.get(place, 0), sum(seen) / len(seen) if seen else float(own[place])

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


def middles_of(
    rows: Sequence[Sequence[Place]], neighbours: Mapping[Place, list[Place]], heights: Mapping[Place, float],
    reach: Mapping[Place, tuple[float, float]],
) -> dict[Place, float]:  # fmt: skip
    """The middle of each place, in pixels. `reach`: from where to where a place may go."""
    found: dict[Place, float] = {}
    for row in rows:
        found.update(_inside(row, [sum(reach[place]) / 2 for place in row], heights, reach))
    for _ in range(SWEEPS):
        for row in rows:
            wanted = []
            for place in row:
                seen = [found[one] for one in neighbours.get(place, ())]
                wanted.append(sum(seen) / len(seen) if seen else found[place])
            found.update(_inside(row, wanted, heights, reach))
    return found


def _inside(
    row: Sequence[Place],
    wanted: Sequence[float],
    heights: Mapping[Place, float],
    reach: Mapping[Place, tuple[float, float]],
) -> dict[Place, float]:
    """The places nearest to the wanted ones that keep order, gaps and bands."""
    middles = _apart(wanted, [heights[place] for place in row])
    lowest = float("-inf")
    for number, place in enumerate(row):
        middles[number] = max(middles[number], reach[place][0] + heights[place] / 2, lowest + heights[place] / 2)
        lowest = middles[number] + heights[place] / 2 + GAP_Y
    highest = float("inf")
    for number, place in reversed(list(enumerate(row))):
        middles[number] = min(middles[number], reach[place][1] - heights[place] / 2, highest - heights[place] / 2)
        highest = middles[number] - heights[place] / 2 - GAP_Y
    return dict(zip(row, middles, strict=True))


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
