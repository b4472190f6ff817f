"""Performance as ratios against a stated floor or peer, measured in one run: `make bench`."""
