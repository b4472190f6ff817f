"""The files of a hand-off's root module."""

from pathlib import Path

from dicom_cdk.handoff.terraform_files import files
from dicom_cdk.plan.stack import Stack


def test_keys_of_the_backend_and_marked_variables_stay_out_of_the_templates() -> None:
    backend = {"bucket": "states", "access_key": "LTAI-of-somebody", "secret_key": "word-of-somebody"}
    variables = {
        "token": {"ephemeral": True, "default": "word-of-somebody"},
        "db_password": {"default": "other-of-somebody"},
        "word": {"default": "third-of-somebody"},
        "said": {"default": "a note"},
    }
    account = {"account_password": '${format("%s", var.word)}'}
    document = {
        "terraform": {"backend": {"oss": backend}},
        "variable": variables,
        "resource": {"alicloud_db_account": {"a": account}},
    }
    found = files(Stack(Path("s"), document))
    assert '    bucket = "states"\n  }' in found["backend.tf.example"]
    assert '# said = "a note"' in found["terraform.tfvars.example"]
    assert "somebody" not in found["backend.tf.example"] + found["terraform.tfvars.example"]
