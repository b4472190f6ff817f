"""What a stack says, as it is written: Terraform JSON, HCL, and what its own variables and locals decide. Asks no program."""
