"""The whole service in a CDKTF app of your own, with something beside it: an alarm group's second reader of the gateway's logs."""

import sys

from cdktf import App, TerraformOutput
from cdktf_cdktf_provider_alicloud.log_store import LogStore

from dicom_cdk import DicomStack, load_site, synth_app

app = App()
service = DicomStack(app, load_site(sys.argv[1]))
store = LogStore(
    service, "audit", project_name=service.logs.project.project_name, logstore_name="audit", retention_period=365
)
TerraformOutput(service, "audit_store", value=store.logstore_name)
synth_app(app)
