"""Files that resources carry, as people read them."""

import base64

from dicom_cdk.payload.readable import Carrier, files, is_file, masked


def test_each_argument_that_carries_a_payload_is_a_file_wherever_it_stands() -> None:
    given = base64.b64encode(b"#!/bin/sh\n").decode()
    carriers: list[Carrier] = [
        ("module.m.alicloud_instance.a", "alicloud_instance", {"user_data": given}),
        (
            "alicloud_eflo_cluster.e",
            "alicloud_eflo_cluster",
            {"node_groups": [{"user_data": given}, {"user_data": "# x"}]},
        ),
        ("alicloud_cs_kubernetes_node_pool.p", "alicloud_cs_kubernetes_node_pool", {"pre_user_data": given}),
        ("alicloud_ros_stack.r", "alicloud_ros_stack", {"template_body": "ROSTemplateFormatVersion: '2015-09-01'\n"}),
        ("alicloud_vpc.v", "alicloud_vpc", {"//": {"user_data": given}, "template_body": "x"}),
    ]
    assert files(carriers) == {
        ("module.m.alicloud_instance.a", "user_data"): "#!/bin/sh\n",
        ("alicloud_eflo_cluster.e", "node_groups[0].user_data"): "#!/bin/sh\n",
        ("alicloud_eflo_cluster.e", "node_groups[1].user_data"): "# x",
        ("alicloud_cs_kubernetes_node_pool.p", "pre_user_data"): "#!/bin/sh\n",
        ("alicloud_ros_stack.r", "template_body"): "ROSTemplateFormatVersion: '2015-09-01'\n",
    }


def test_what_terraform_fills_in_later_is_told_as_it_is_written() -> None:
    text = "#cloud-config\nhostname: ${var.name}\n"
    carriers: list[Carrier] = [("alicloud_instance.a", "alicloud_instance", {"user_data": text})]
    assert files(carriers) == {("alicloud_instance.a", "user_data"): text}


def test_a_script_with_letters_of_any_language_is_a_text_like_others() -> None:
    text = "#!/bin/sh\n# 安装归档\necho Übertragung\n"
    assert files([("a.b", "alicloud_instance", {"user_data": text})]) == {("a.b", "user_data"): text}


def test_a_cloud_config_is_told_by_the_files_that_it_writes_and_itself() -> None:
    text = "#cloud-config\nwrite_files:\n  - path: /etc/motd\n    content: hello\n"
    assert files([("a.b", "alicloud_instance", {"user_data": text})]) == {
        ("a.b", "user_data"): text, ("a.b", "/etc/motd"): "hello",
    }  # fmt: skip


def test_content_that_cannot_be_decoded_is_told_with_the_reason() -> None:
    ((_, name), told) = next(iter(files([("a.b", "alicloud_ecs_command", {"command_content": "/w=="})]).items()))
    assert name == "command_content (cannot be decoded)"
    assert told.startswith("a.b: command_content is neither base64 of text nor text")


def test_only_carriers_are_told_as_files_and_user_data_that_a_host_runs() -> None:
    assert is_file("alicloud_ess_scaling_configuration", "user_data", "#!/bin/sh\n")
    assert is_file("alicloud_instance", "user_data", base64.b64encode(b"#cloud-config\n").decode())
    assert is_file("alicloud_instance", "user_data", "${local.script}")
    assert is_file("alicloud_ecs_command", "command_content", "docker pull x")
    assert is_file("alicloud_oos_template", "content", "{}")
    assert not is_file("alicloud_instance", "user_data", "hunter22two")
    assert not is_file("alicloud_oss_bucket_object", "content", "#")
    assert not is_file("alicloud_vpc", "description", "#")


def test_lines_that_give_a_command_a_secret_are_masked_and_those_that_name_where_it_is_stay() -> None:
    assert (
        masked('mysql --db-password=hunter22two\necho --token "hunter22two"')
        == ["(redacted: looks like a secret in an option)"] * 2
    )
    kept = [
        'mysql --password="$(cat /run/pw)"',
        "kinit --password-file=/run/pw",
        "curl --token ${TOKEN}",
        "psql --password -h a",
    ]
    assert masked("\n".join(kept)) == kept
