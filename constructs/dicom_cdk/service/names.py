"""What both stacks do to the names in their output: readable addresses, a provider's version, moves."""

from collections.abc import Mapping

import jsii
from cdktf import TerraformElement, TerraformStack
from constructs import Construct, Node

RANDOM_VERSION = "~> 3.7"


class ReadableStack(TerraformStack):
    """A stack whose addresses are construct paths: network/vpc becomes alicloud_vpc.network_vpc, without a hash."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

    @jsii.member(jsii_name="allocateLogicalId")
    def _allocate_logical_id(self, tf_element: TerraformElement | Node) -> str:
        # The stack's own name is the first part; ids hold no underscore, so joined paths never collide.
        node = tf_element if isinstance(tf_element, Node) else tf_element.node
        return "_".join(node.path.split("/")[1:])


def pin_random(stack: TerraformStack) -> None:
    """The bindings of hashicorp/random ask for exactly the version they were made from; later ones of its line do as well."""
    stack.add_override("terraform.required_providers.random.version", RANDOM_VERSION)


def write_moves(stack: TerraformStack, moved: Mapping[str, str]) -> None:
    """Renamed resources, so that Terraform moves them in the state instead of replacing them."""
    if moved:
        stack.add_override("moved", [{"from": old, "to": new} for old, new in sorted(moved.items())])
