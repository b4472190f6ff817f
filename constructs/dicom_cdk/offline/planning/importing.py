"""What an import brings into the state: offline, the cloud is taken to hold what the configuration says."""

from dicom_cdk.offline.values import Unknown, Value

IMPORTED = b"imported"
"""Private data of what an import brought in, until it is applied."""


def still_open(value: Value, config: Value) -> Value:
    """A filled value with everything open again that the configuration refers to and nobody knows yet."""
    if isinstance(config, Unknown):
        return config
    if isinstance(value, dict) and isinstance(config, dict):
        return {key: still_open(part, config.get(key)) for key, part in value.items()}
    if isinstance(value, list) and isinstance(config, list) and len(value) == len(config):
        return [still_open(part, said) for part, said in zip(value, config, strict=True)]
    return value
