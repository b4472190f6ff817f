"""The ground floor: the rooms on which every later one stands."""

from dataclasses import dataclass

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.registry import Registry
from dicom_cdk.service.rooms.secrets import Secrets


@dataclass(frozen=True)
class Platform:
    """Who the site is, and its first four rooms. Whoever wires the rooms makes it: `DicomStack`, or a stack of your own."""

    site: Identity
    network: Network
    logs: Logs
    secrets: Secrets
    registry: Registry
