"""The chart of the apply order: lanes of rooms, waves side by side as far as a screen goes."""

import re

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.apply_order import apply_order
from dicom_cdk.report.diagram import Diagram, Edge, Node
from dicom_cdk.report.order_chart import order_svg
from tests.conftest import ROOT


def size(drawn: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', drawn)
    assert found is not None
    return float(found[1]), float(found[2])


def test_the_default_site_s_order_fits_a_screen_and_draws_every_box() -> None:
    order = apply_order(of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")))
    drawn = order_svg(order)
    assert size(drawn)[0] <= 1230
    assert drawn.count('class="box"') == len(order.nodes)
    assert drawn == order_svg(order)


def test_more_waves_than_a_screen_holds_go_on_below() -> None:
    nodes = tuple(Node(f"n{number}", f"archive/n{number}", "step", number, room="archive") for number in range(40))
    edges = tuple(Edge(f"n{number}", f"n{number + 1}") for number in range(39))
    drawn = order_svg(Diagram("long", nodes, edges))
    assert size(drawn)[0] <= 1230
    assert drawn.count('class="box"') == 40
    assert drawn.count(">archive</text>") == 3


def test_letters_with_a_meaning_to_svg_are_taken_as_letters_and_no_stack_is_an_empty_chart() -> None:
    assert "&lt;b&gt;" in order_svg(Diagram("odd", (Node("x", "<b>", "s & t", 0, room="<r>"),), ()))
    assert "nothing to wait for" in order_svg(Diagram("empty", (), ()))
