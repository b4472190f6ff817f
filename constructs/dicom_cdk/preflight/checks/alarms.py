"""CloudMonitor: does each alarm's metric exist, with these dimensions, this statistic and period?

A rule on a metric that does not exist is silent for ever.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import METRICS
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok

FILLED_IN = {"userId"}
"""Dimensions that the service fills in itself."""
MOST = "1000"


@dataclass(frozen=True)
class Rule:
    """What alarms ask of one metric."""

    namespace: str
    metric: str
    dimensions: frozenset[str]
    statistics: frozenset[str]
    period: str


def questions(target: Target) -> Iterator[Question]:
    rules: dict[Rule, None] = {}
    for one in target.document.of("alicloud_cms_alarm"):
        namespace, metric = target.word(one, "project"), target.word(one, "metric")
        if not namespace or not metric:
            yield later(one, "namespace or metric")
            continue
        rules[Rule(namespace, metric, _dimensions(one), _statistics(one), target.word(one, "period"))] = None
    for rule in rules:
        yield Question(f"metric {rule.namespace} {rule.metric}", partial(_exists, rule))


def _dimensions(alarm: Resource) -> frozenset[str]:
    try:
        found = json.loads(str(alarm.get("metric_dimensions") or "[]"))
    except ValueError:
        return frozenset()
    if not isinstance(found, list):
        return frozenset()
    return frozenset(name for one in found if isinstance(one, dict) for name in one)


def _statistics(alarm: Resource) -> frozenset[str]:
    found: set[str] = set()
    for level in ("escalations_critical", "escalations_warn", "escalations_info"):
        block = alarm.get(level)
        block = block[0] if isinstance(block, list) and block else block
        if isinstance(block, dict) and block.get("statistics"):
            found |= set(str(block["statistics"]).split(","))
    return frozenset(found)


def _exists(rule: Rule, ask: Ask) -> Iterable[Finding]:
    name, action = f"metric {rule.namespace} {rule.metric}", METRICS.action
    found = [one for one in _listed(ask, rule.namespace, rule.metric) if word(one, action, "MetricName") == rule.metric]
    if not found:
        names = [word(one, action, "MetricName") for one in _listed(ask, rule.namespace)]
        near = get_close_matches(rule.metric, names, 3, 0.4)
        yield lacks(
            name, "there is no such metric, the alarm would stay silent",
            f"nearest names: {', '.join(near)}" if near else "look at the metrics of the namespace in the console",
        )  # fmt: skip
        return
    wrong = list(_wrong(rule, found[0]))
    if wrong:
        yield lacks(name, "; ".join(wrong), "change the rule: the service refuses it, or it stays silent")
    else:
        yield ok(name, "exists as the rule needs it")


def _wrong(rule: Rule, one: Json) -> Iterator[str]:
    dimensions, statistics, periods = (
        {part.strip() for part in word(one, METRICS.action, name).split(",") if part.strip()}
        for name in ("Dimensions", "Statistics", "Periods")
    )
    if strange := rule.dimensions - dimensions - FILLED_IN:
        yield f"dimension {', '.join(sorted(strange))}, it has {', '.join(sorted(dimensions)) or 'none'}"
    if strange := rule.statistics - statistics:
        yield f"statistic {', '.join(sorted(strange))}, it has {', '.join(sorted(statistics)) or 'none'}"
    steps = [int(each) for each in periods if each.isdigit()]
    if steps and rule.period.isdigit() and not any(int(rule.period) % each == 0 for each in steps):
        yield f"period of {rule.period} s, allowed are multiples of {min(steps)}"


def _listed(ask: Ask, namespace: str, metric: str = "") -> list[Json]:
    asked = {"Namespace": namespace, "PageSize": MOST, **({"MetricName": metric} if metric else {})}
    return rows(ask(METRICS, **asked), METRICS.action, "Resources.Resource")


CHECK = Check("alarms", ("alicloud_cms_alarm",), (METRICS,), questions)
