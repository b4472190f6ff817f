"""Review: what a change of two synthesized folders means, before anything is applied. Reads JSON files only."""
