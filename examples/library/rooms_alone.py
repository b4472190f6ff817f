"""Two rooms without the rest: keys, and encrypted buckets for DICOM objects, in a stack of your own."""

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_random.provider import RandomProvider

from dicom_cdk import Identity
from dicom_cdk.service.names import pin_random
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.service.rooms.storage import Storage
from dicom_cdk.settings.models import secrets, storage

app = App()
stack = TerraformStack(app, "images")
AlicloudProvider(stack, "alicloud", region="cn-shanghai", account_id="1234567890123456")
RandomProvider(stack, "random")
pin_random(stack)
site = Identity(
    name="images", region="cn-shanghai", account_id="1234567890123456", protected=True, tags={"team": "pacs"}
)
keys = Secrets(stack, "secrets", site=site, settings=secrets.Secrets())
Storage(
    stack,
    "storage",
    site=site,
    settings=storage.Storage(),
    kept_days={"access-log/": 180},
    secrets=keys,
)
app.synth()
