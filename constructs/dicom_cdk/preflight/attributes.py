"""What ECS says of an account: attributes and their values, by zone and type where it tells them apart."""

from collections.abc import Mapping

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ECS_ACCOUNT

Values = list[tuple[str, str]]
"""(Value, zone); the zone is "" for the whole region."""


def attributes(ask: Ask, region: str, *names: str) -> Mapping[str, Values]:
    """Raises AskError."""
    action = ECS_ACCOUNT.action
    asked = {f"AttributeName.{number}": name for number, name in enumerate(names, 1)}
    return {
        word(one, action, "AttributeName"): [
            (word(value, action, "Value"), word(value, action, "ZoneId"))
            for value in rows(one, action, "AttributeValues.ValueItem")
        ]
        for one in rows(
            ask(ECS_ACCOUNT, RegionId=region, **asked), action, "AccountAttributeItems.AccountAttributeItem"
        )
    }
