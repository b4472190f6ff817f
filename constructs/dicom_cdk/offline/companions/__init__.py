"""random, tls, time, null and local: another SDK than alicloud's, rules of their own (facts: provider/README, offline-plan 1)."""
