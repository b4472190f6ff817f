"""dicom-cdk: one short YAML file per site becomes the Terraform of a complete DICOM service on Alibaba Cloud."""

__version__ = "0.1.0"
