"""Places of boxes and lines: nothing on top of another, every line at its boxes, the same every time."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.apply_order import apply_order
from dicom_cdk.report.diagram import Diagram, Edge, Node, network_diagram
from dicom_cdk.report.layout import WIDTH, Layout, layout
from tests.conftest import ROOT


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    columns = draw(st.lists(st.integers(0, 6), min_size=1, max_size=14))
    nodes = tuple(Node(f"n{number}", "t", "s", column) for number, column in enumerate(columns))
    ends = st.integers(0, len(nodes) - 1)
    pairs = draw(st.lists(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]), max_size=20, unique=True))
    return Diagram("any", nodes, tuple(Edge(f"n{one}", f"n{other}") for one, other in pairs))


def judge(diagram: Diagram, found: Layout) -> None:
    for (one, box), (other, beside) in combinations(found.boxes.items(), 2):
        apart = box.x != beside.x or box.y + box.height < beside.y or beside.y + beside.height < box.y
        assert apart, f"{one} lies on {other}"
    for box in found.boxes.values():
        assert 0 <= box.x <= found.width - WIDTH
        assert 0 <= box.y <= found.height - box.height
    assert [line.edge for line in found.lines] == list(diagram.edges)
    for line in found.lines:
        for end, (x, y) in ((line.edge.source, line.points[0]), (line.edge.target, line.points[-1])):
            box = found.boxes[end]
            assert x in (box.x, box.x + WIDTH)
            assert box.y <= y <= box.y + box.height
    ends = [point for line in found.lines for point in (line.points[0], line.points[-1])]
    assert len(ends) == len(set(ends)), "two lines end at one point"


@given(diagrams())
def test_any_diagram_is_laid_out_without_overlaps(diagram: Diagram) -> None:
    judge(diagram, layout(diagram))


def test_the_default_site_s_pictures_are_laid_out() -> None:
    document = of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))
    for diagram in (network_diagram(document), apply_order(document)):
        judge(diagram, layout(diagram))
        assert layout(diagram) == layout(diagram)


def test_rows_are_put_in_an_order_without_crossings_where_one_exists() -> None:
    nodes = tuple(Node(name, name, "", column) for name, column in (("a", 0), ("b", 0), ("c", 1), ("d", 1)))
    found = layout(Diagram("crossed", nodes, (Edge("a", "d"), Edge("b", "c"))))
    assert (found.boxes["a"].y < found.boxes["b"].y) == (found.boxes["d"].y < found.boxes["c"].y)
