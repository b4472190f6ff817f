"""Canned answers to data sources: what a program reads of them, and a file to fill in."""
