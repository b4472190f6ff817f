"""Checkov policies for a DICOM service on Alibaba Cloud: `checkov --external-checks-dir policies`, or `dicom-cdk check`.

One policy one file, each with a failing and a passing example: YAML where a reviewer reads it better, Python where a value must be
parsed. docs/policies.md lists them all.
"""
