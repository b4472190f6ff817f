"""Where a resource is created, and what is there already: what a made-up state looks at besides the resource itself."""

from dataclasses import dataclass, field

from dicom_cdk.offline.values import Value


@dataclass
class Surroundings:
    """What a resource is created in: the provider's region and account, and the other resources, by id."""

    region: str = "cn-shanghai"
    account: str = "1234567890123456"
    neighbours: dict[str, Value] = field(default_factory=dict)

    def of(self, identity: Value, name: str) -> Value:
        """An attribute of the resource with this id (the first one, of a list); None where it is not here."""
        if isinstance(identity, list):
            identity = identity[0] if identity else None
        found = self.neighbours.get(identity) if isinstance(identity, str) else None
        part = found.get(name) if isinstance(found, dict) else None
        return part or None
