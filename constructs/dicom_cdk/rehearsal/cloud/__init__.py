"""Stands for Alibaba Cloud as hosts, archives and clients meet it."""
