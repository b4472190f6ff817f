"""A diagram as Mermaid text, for documents that render it."""

import re

from dicom_cdk.report.diagram import Diagram, Node
from dicom_cdk.report.zones import bands


def mermaid(diagram: Diagram) -> str:
    names = {node.id: f"n{number}" for number, node in enumerate(diagram.nodes)}
    lines = ["flowchart LR"]
    frames = bands(diagram.nodes)
    for node in diagram.nodes:
        if not node.in_vpc:
            lines.append(f"  {_box(names[node.id], node)}")
    if frames:
        lines.append("  subgraph vpc [VPC]")
        for number, band in enumerate(frames):
            lines.append(f"    subgraph zone{number} [{band.title or 'no zone'}]")
            lines += [f"      {_box(names[node.id], node)}" for node in band.nodes]
            lines.append("    end")
        lines.append("  end")
    for edge in diagram.edges:
        label = f"|{_plain(edge.label)}|" if edge.label else ""
        arrow = "<-->" if edge.both_ways else "-->"
        lines.append(f"  {names[edge.source]} {arrow}{label} {names[edge.target]}")
    return "\n".join(lines) + "\n"


def _box(name: str, node: Node) -> str:
    lines = (node.title, node.service, node.name, node.detail)
    return f'{name}["{"<br>".join(_plain(line) for line in lines if line)}"]'


def _plain(text: str) -> str:
    return re.sub(r'["|<>\[\]{}]', "", text)
