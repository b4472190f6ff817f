"""`python -m dicom_cdk` is `dicom-cdk`."""

from dicom_cdk.cli import program

program()
