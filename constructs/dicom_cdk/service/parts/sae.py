"""What every web application on SAE has alike: probes that ask for a word, log collection, its port on an intranet balancer."""

import json
from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_alicloud.sae_application import (
    SaeApplication,
    SaeApplicationLivenessV2,
    SaeApplicationLivenessV2HttpGet,
    SaeApplicationPostStartV2,
    SaeApplicationPostStartV2Exec,
    SaeApplicationPreStopV2,
    SaeApplicationPreStopV2Exec,
    SaeApplicationReadinessV2,
    SaeApplicationReadinessV2HttpGet,
)
from cdktf_cdktf_provider_alicloud.sae_load_balancer_intranet import (
    SaeLoadBalancerIntranet,
    SaeLoadBalancerIntranetIntranet,
)
from cdktf_cdktf_provider_alicloud.slb_load_balancer import SlbLoadBalancer
from constructs import Construct

from dicom_cdk.payload.dicomweb_application import POST_START_COMMAND, PRE_STOP_COMMAND


def readiness(path: str, port: int, word: str, *, delay_seconds: int) -> SaeApplicationReadinessV2:
    """Gets requests while `path` answers `word`, looked for from `delay_seconds` after the start on."""
    return SaeApplicationReadinessV2(
        initial_delay_seconds=delay_seconds,
        period_seconds=10,
        timeout_seconds=5,
        success_threshold=1,
        failure_threshold=3,
        http_get=SaeApplicationReadinessV2HttpGet(
            path=path, port=port, scheme="HTTP", is_contain_key_word=True, key_word=word
        ),
    )


def liveness(
    path: str, port: int, word: str, *, delay_seconds: int, timeout_seconds: int, failures: int
) -> SaeApplicationLivenessV2:
    """Is started anew when `path` has not answered `word` so many times, half a minute apart."""
    return SaeApplicationLivenessV2(
        initial_delay_seconds=delay_seconds,
        period_seconds=30,
        timeout_seconds=timeout_seconds,
        failure_threshold=failures,
        http_get=SaeApplicationLivenessV2HttpGet(
            path=path, port=port, scheme="HTTP", is_contain_key_word=True, key_word=word
        ),
    )


def post_start() -> SaeApplicationPostStartV2:
    """What goes on beside an archive: old logs are deleted."""
    return SaeApplicationPostStartV2(exec=SaeApplicationPostStartV2Exec(command=list(POST_START_COMMAND)))


def pre_stop() -> SaeApplicationPreStopV2:
    """Before the order to stop: time for the balancer to send nothing new."""
    return SaeApplicationPreStopV2(exec=SaeApplicationPreStopV2Exec(command=list(PRE_STOP_COMMAND)))


def logs_to(store: str, project: str, *sources: Mapping[str, str]) -> str:
    """`sls_configs`: what each of `sources` says, into one log store of a project of ours."""
    return json.dumps(
        [{**source, "logstoreName": store, "projectName": project} for source in sources], separators=(",", ":")
    )


STDOUT: Mapping[str, str] = {"logDir": "", "logType": "stdout"}
"""A source for `logs_to`: standard output, once at most."""


def listen(
    scope: Construct, id: str, *, application: SaeApplication, balancer: SlbLoadBalancer, ports: Sequence[int]
) -> SaeLoadBalancerIntranet:
    """Each of `ports` of `balancer` leads to the same of `application`."""
    return SaeLoadBalancerIntranet(
        scope,
        id,
        app_id=application.id,
        intranet_slb_id=balancer.id,
        # TCP: HTTP would cut large stores off after the balancer's 60 seconds.
        intranet=[SaeLoadBalancerIntranetIntranet(protocol="TCP", port=port, target_port=port) for port in ports],
    )
