"""How the provider's SDK plans (version 1), step by step.

The steps are numbered as in docs/offline-plan.md, "The planning algorithm"; each module holds the steps that it names.
"""
