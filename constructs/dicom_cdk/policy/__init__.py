"""The policy gate: Checkov in process over Terraform JSON, plans and decoded payloads; works on JSON that any program wrote."""
