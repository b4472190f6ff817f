"""Places of boxes and lines: nothing on top of another, every line at its boxes, zones apart, the same every time."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.diagram import Diagram, Edge, Node, network_diagram
from dicom_cdk.report.layout import WIDTH, Places, places
from dicom_cdk.report.lines import Line, lines
from tests.conftest import ROOT


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    columns = draw(st.lists(st.integers(0, 6), min_size=1, max_size=14))
    zones = st.sampled_from([(), ("a",), ("b",), ("a", "b")])
    nodes = tuple(
        Node(f"n{number}", "t", "s", column, in_vpc=draw(st.booleans()), zones=draw(zones))
        for number, column in enumerate(columns)
    )
    ends = st.integers(0, len(nodes) - 1)
    pairs = draw(st.lists(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]), max_size=20, unique=True))
    return Diagram("any", nodes, tuple(Edge(f"n{one}", f"n{other}") for one, other in pairs))


def judge(diagram: Diagram) -> None:
    found = places(diagram)
    drawn = lines(diagram, found)
    for (one, box), (other, beside) in combinations(found.boxes.items(), 2):
        apart = box.x != beside.x or box.y + box.height < beside.y or beside.y + beside.height < box.y
        assert apart, f"{one} lies on {other}"
    for box in found.boxes.values():
        assert 0 <= box.x <= found.width - WIDTH
        assert 0 <= box.y <= found.height - box.height
    assert [line.edge for line in drawn] == list(diagram.edges)
    for line in drawn:
        for end, (x, y) in ((line.edge.source, line.points[0]), (line.edge.target, line.points[-1])):
            box = found.boxes[end]
            assert x in (box.x, box.x + WIDTH)
            assert box.y <= y <= box.y + box.height
    judge_ports(drawn)
    judge_zones(diagram, found)


def judge_ports(drawn: list[Line]) -> None:
    starts = [line.points[0] for line in drawn]
    ends = {line.points[-1]: line.edge.target for line in drawn}
    assert len(starts) == len(set(starts)), "two lines leave at one point"
    assert not set(starts) & set(ends), "a line leaves where another ends"
    for line in drawn:
        assert ends[line.points[-1]] == line.edge.target, "only lines to the same box share its port"


def judge_zones(diagram: Diagram, found: Places) -> None:
    for one, other in combinations(found.frames, 2):
        assert one.y + one.height < other.y or other.y + other.height < one.y, "zones lie on each other"
    for node in diagram.nodes:
        if node.in_vpc:
            box = found.boxes[node.id]
            inside = [
                frame for frame in found.frames if frame.y <= box.y and box.y + box.height <= frame.y + frame.height
            ]
            assert [set(node.zones)] == [set(frame.title.split()[1::2]) for frame in inside]


@given(diagrams())
def test_any_diagram_is_laid_out_without_overlaps(diagram: Diagram) -> None:
    judge(diagram)


def test_the_default_site_s_picture_is_laid_out_and_fits_a_screen() -> None:
    diagram = network_diagram(of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")))
    judge(diagram)
    assert places(diagram) == places(diagram)
    assert places(diagram).width <= 1230
    assert [frame.title for frame in places(diagram).frames] == ["zone l", "zones l and g", "zone g"]


def test_rows_are_put_in_an_order_without_crossings_where_one_exists() -> None:
    nodes = tuple(Node(name, name, "", column) for name, column in (("a", 0), ("b", 0), ("c", 1), ("d", 1)))
    found = places(Diagram("crossed", nodes, (Edge("a", "d"), Edge("b", "c"))))
    assert (found.boxes["a"].y < found.boxes["b"].y) == (found.boxes["d"].y < found.boxes["c"].y)


def test_lines_to_one_target_are_bundled_and_say_their_label_once() -> None:
    nodes = (Node("a", "a", "", 0), Node("b", "b", "", 0), Node("c", "c", "", 2), Node("d", "d", "", 1))
    diagram = Diagram("bundled", nodes, (Edge("a", "c", "images"), Edge("b", "c", "images")))
    one, other = lines(diagram, places(diagram))
    assert one.points[1:] == other.points[1:]
    assert [one.label_at, other.label_at] == ["end", ""]
