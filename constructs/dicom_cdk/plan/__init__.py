"""Terraform's own validate and plan of a stack, with the offline provider or the real one, without an account."""
