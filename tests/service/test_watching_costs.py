"""README's table of what watching costs counts the default site's own resources."""

import re
from collections import Counter

from tests.conftest import ROOT
from tests.synthesized import Resource, Synthesized


def part(one: Resource) -> str:
    """The row's first words; "" for what the table does not speak of."""
    room = one.path.partition("/")[0]
    if "/client/" in one.path:
        return "the client"
    if one.type == "alicloud_vpc_flow_log":
        return "flow logs"
    if room == "logs":
        return "log stores"
    if room == "alarms":
        return "alarms on logs" if "log_" in one.type else "alarms on metrics"
    if room != "watch":
        return ""
    if one.type in ("alicloud_log_dashboard", "alicloud_cms_site_monitor"):
        return "dashboard"
    if "trail" in one.path:
        return "API calls"
    return "requests" if one.type == "alicloud_sls_collection_policy" else "collection"


def test_the_table_counts_what_there_is(default_stack: Synthesized) -> None:
    counted = Counter(part(one) for one in default_stack.resources.values())
    counted.pop("")
    table = (ROOT / "README.md").read_text().partition("| part | resources |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| (.+?) \| (\d+) \|", table, re.MULTILINE)
    assert {next(name for name in counted if said.startswith(name)): int(number) for said, number in told} == counted
