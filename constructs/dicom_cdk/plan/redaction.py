"""Plan JSON without any value that may be secret: by Terraform's own marks, and by a list of what the provider forgets to mark.

Terraform masks in text only; its JSON holds every value in clear (facts: offline-plan 6, provider 0.2).
"""

from typing import Any

REDACTED = "(redacted)"
UNMARKED = {
    "alicloud_instance": ("user_data",),
    "alicloud_ecs_command": ("command_content",),
    "alicloud_ecs_invocation": ("parameters",),
    "alicloud_sae_application": ("envs",),
    "alicloud_fcv3_function": ("environment_variables",),
    "alicloud_db_instance": ("server_key", "client_ca_cert", "server_cert"),
    "alicloud_db_account": ("account_password", "password"),
    "alicloud_ram_access_key": ("secret", "encrypted_secret"),
    "alicloud_kms_secret": ("secret_data",),
    "alicloud_cr_ee_instance": ("password",),
    "alicloud_fcv3_custom_domain": ("cert_config",),
    "random_password": ("result", "bcrypt_hash"),
    "random_id": ("b64_std", "b64_url", "dec", "hex"),
    "tls_private_key": ("private_key_openssh", "private_key_pem", "private_key_pem_pkcs8"),
}
"""Type to attributes that may carry secrets, whatever their marks."""

Json = dict[str, Any]


def redacted(plan: Json) -> Json:
    """A copy of `terraform show -json` with every such value replaced."""
    found = {key: value for key, value in plan.items() if key not in ("timestamp", "prior_state")}
    variables = plan.get("configuration", {}).get("root_module", {}).get("variables", {})
    secret = {name for name, body in variables.items() if body.get("sensitive")}
    if "variables" in plan:
        found["variables"] = {
            name: {"value": REDACTED} if name in secret else value for name, value in plan["variables"].items()
        }
    if "planned_values" in plan:
        found["planned_values"] = _state(plan["planned_values"])
    for key in ("resource_changes", "resource_drift"):
        if key in plan:
            found[key] = [_changed(one) for one in plan[key]]
    if "relevant_attributes" in plan:
        # Terraform writes these in another order every time.
        found["relevant_attributes"] = sorted(plan["relevant_attributes"], key=str)
    if "output_changes" in plan:
        found["output_changes"] = {name: _change(change, ()) for name, change in plan["output_changes"].items()}
    if "configuration" in plan:
        found["configuration"] = _configuration(plan["configuration"])
    return found


def _state(values: Json) -> Json:
    found = dict(values)
    if "outputs" in values:
        found["outputs"] = {
            name: {**one, "value": REDACTED} if one.get("sensitive") and "value" in one else one
            for name, one in values["outputs"].items()
        }
    if "root_module" in values:
        found["root_module"] = _module(values["root_module"])
    return found


def _module(module: Json) -> Json:
    found = dict(module)
    if "resources" in module:
        found["resources"] = [
            {**one, "values": _unmarked(one["type"], _masked(one.get("values"), one.get("sensitive_values")))}
            for one in module["resources"]
        ]
    if "child_modules" in module:
        found["child_modules"] = [_module(child) for child in module["child_modules"]]
    return found


def _changed(one: Json) -> Json:
    return {**one, "change": _change(one["change"], UNMARKED.get(one["type"], ()))}


def _change(change: Json, unmarked: tuple[str, ...]) -> Json:
    found = dict(change)
    for side in ("before", "after"):
        if side in change:
            found[side] = _hidden(_masked(change[side], change.get(f"{side}_sensitive")), unmarked)
    return found


def _unmarked(kind: str, values: Any) -> Any:
    return _hidden(values, UNMARKED.get(kind, ()))


def _hidden(values: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(values, dict):
        return values
    return {
        name: REDACTED if name in names and value not in (None, [], {}) else value for name, value in values.items()
    }


def _masked(value: Any, mask: Any) -> Any:
    """`value` with what `mask` (true, or a structure of such) marks replaced."""
    if mask is True:
        return None if value is None else REDACTED
    if isinstance(value, dict) and isinstance(mask, dict):
        return {key: _masked(part, mask.get(key)) for key, part in value.items()}
    if isinstance(value, list) and isinstance(mask, list):
        return [_masked(part, mask[at] if at < len(mask) else None) for at, part in enumerate(value)]
    return value


def _configuration(configuration: Json) -> Json:
    """Literals of unmarked attributes are written in the configuration, too."""
    root = configuration.get("root_module", {})
    resources = [
        {**one, "expressions": _hidden(one.get("expressions", {}), UNMARKED.get(one["type"], ()))}
        for one in root.get("resources", [])
    ]
    return {**configuration, "root_module": {**root, "resources": resources}} if root else configuration
