"""A diagram as Mermaid text, for documents that render it."""

import re

from dicom_cdk.report.diagram import Diagram


def mermaid(diagram: Diagram) -> str:
    names = {node.id: f"n{number}" for number, node in enumerate(diagram.nodes)}
    lines = ["flowchart LR"]
    inside = [node for node in diagram.nodes if node.in_vpc]
    for node in diagram.nodes:
        if not node.in_vpc:
            lines.append(f"  {_box(names[node.id], node.title, node.service, node.detail)}")
    if inside:
        lines.append("  subgraph vpc [VPC]")
        lines += [f"    {_box(names[node.id], node.title, node.service, node.detail)}" for node in inside]
        lines.append("  end")
    for edge in diagram.edges:
        label = f"|{_plain(edge.label)}|" if edge.label else ""
        arrow = "<-->" if edge.both_ways else "-->"
        lines.append(f"  {names[edge.source]} {arrow}{label} {names[edge.target]}")
    return "\n".join(lines) + "\n"


def _box(name: str, *lines: str) -> str:
    return f'{name}["{"<br>".join(_plain(line) for line in lines if line)}"]'


def _plain(text: str) -> str:
    return re.sub(r'["|<>\[\]{}]', "", text)
