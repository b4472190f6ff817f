"""Alarms of the log service, and who hears of them (facts: cloud 4.4).

Users and action policies are records of the whole account, kept in one region: without an action policy nobody hears. The
bindings do not have their types, hence plain resources.
"""

import json

from cdktf import ITerraformDependable, TerraformProvider, TerraformResource
from cdktf_cdktf_provider_alicloud.log_alert import (
    LogAlert,
    LogAlertAnnotations,
    LogAlertGroupConfiguration,
    LogAlertPolicyConfiguration,
    LogAlertQueryListStruct,
    LogAlertSchedule,
    LogAlertSeverityConfigurations,
)
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.log_alarms import LINE_MINUTES, LogAlarm

RECORDS_REGION = "cn-heyuan"
"""Where the log service keeps users and action policies of an account of the China site."""
RUNBOOK = "docs/runbook.md"


def plain(
    scope: Construct,
    id: str,
    kind: str,
    *,
    provider: TerraformProvider | None = None,
    after: ITerraformDependable | None = None,
    **values: object,
) -> TerraformResource:
    """A resource whose type has no binding."""
    depends_on = [after] if after else None
    made = TerraformResource(scope, id, terraform_resource_type=kind, provider=provider, depends_on=depends_on)
    for name, value in values.items():
        made.add_override(name, value)
    return made


def listeners(
    scope: Construct, *, site: Identity, mail: str, project: str, provider: TerraformProvider
) -> tuple[str, TerraformResource]:
    """Who hears: the id of an action policy that writes to `mail`, and what an alarm waits for. `provider`: of RECORDS_REGION."""
    name = f"{site.name}-operators"
    user = plain(
        scope,
        "log-operators",
        "alicloud_log_resource_record",
        provider=provider,
        resource_name="sls.common.user",
        record_id=name,
        tag=name,
        value=_text(user_id=name, user_name=name, email=[mail], enabled=True, sms_enabled=False, voice_enabled=False),
    )
    script = (
        f'fire(type="email", users=["{name}"], groups=[], oncall_groups=[], receiver_type="static", external_url="", '
        'external_headers={}, template_id="sls.builtin.en", period="any")'
    )
    policy = plain(
        scope,
        "log-action",
        "alicloud_log_resource_record",
        provider=provider,
        after=user,
        resource_name="sls.alert.action_policy",
        record_id=name,
        tag=name,
        value=_text(
            action_policy_id=name,
            action_policy_name=name,
            labels={},
            is_default=False,
            primary_policy_script=script,
            secondary_policy_script=script,
            escalation_enabled=False,
            escalation_start_enabled=False,
            escalation_inprogress_enabled=False,
            escalation_start_timeout="10m",
            escalation_inprogress_timeout="30m",
            escalation_timeout="1h",
        ),
    )
    # The project's own history of alarms.
    history = plain(scope, "log-history", "alicloud_log_alert_resource", after=policy, type="project", project=project)
    return name, history


def log_alarm(
    scope: Construct,
    alarm: LogAlarm,
    *,
    site: Identity,
    project: str,
    store: str,
    action: str,
    after: TerraformResource,
) -> None:
    """`action`: id of the action policy; `after`: what has to be there first."""
    LogAlert(
        scope,
        f"log-{alarm.key}",
        project_name=project,
        alert_name=f"{site.name}-{alarm.key}",
        alert_displayname=f"{site.name}: {alarm.title}",
        version="2.0",
        type="default",
        threshold=1,
        no_data_fire=False,
        send_resolved=True,
        auto_annotation=True,
        schedule=LogAlertSchedule(type="FixedRate", interval=f"{LINE_MINUTES}m", time_zone="+0800"),
        query_list=[
            LogAlertQueryListStruct(
                store=store,
                store_type="log",
                project=project,
                region=site.region,
                query=f"* | {alarm.query}",
                start=f"-{alarm.minutes * 60}s",
                end="now",
                time_span_type="Relative",
                power_sql_mode="auto",
            )
        ],
        severity_configurations=[
            LogAlertSeverityConfigurations(
                severity=alarm.severity, eval_condition={"condition": alarm.condition, "count_condition": ""}
            )
        ],
        group_configuration=LogAlertGroupConfiguration(type="no_group", fields=[]),
        policy_configuration=LogAlertPolicyConfiguration(
            alert_policy_id="sls.builtin.dynamic", action_policy_id=action, repeat_interval="4h"
        ),
        annotations=[
            LogAlertAnnotations(key="title", value=f"{site.name}: {alarm.title}"),
            LogAlertAnnotations(key="desc", value=f"What it means and what to do: {RUNBOOK}#{alarm.key}"),
            LogAlertAnnotations(key="runbook", value=alarm.key),
        ],
        depends_on=[after],
    )


def _text(**values: object) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))
