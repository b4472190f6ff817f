"""The hand-off: a folder of plain Terraform for a platform team that sees neither Python nor this project."""
