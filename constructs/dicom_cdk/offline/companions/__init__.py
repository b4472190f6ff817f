"""Random, tls and time: built on another SDK than alicloud, with rules of their own (facts: provider/README, offline-plan 1)."""
