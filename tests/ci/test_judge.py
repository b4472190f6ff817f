"""ci/judge.sh and ci/drift.sh in a repository of somebody's sites, as a pipeline runs them."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml

from dicom_cdk.plan import terraform
from tests import commanding
from tests.conftest import ROOT
from tests.policy.test_mutations import SITE
from tests.review.small import part
from tests.synthesized import DEFAULT_SITE_RESOURCES

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

SYNTHESIZING_ONCE = """\
#!/bin/sh
case " ${{ONLY:-$1}} " in *" $1 "*) ;; *) exit 0 ;; esac
[ "$1" = synth ] || exec {program} "$@"
kept={kept}/$(cat sites/*.yaml | sha256sum | cut -c 1-64)
if [ -d "$kept" ]; then rm -rf cdktf.out && cp -a "$kept" cdktf.out; exit; fi
{program} synth || exit
new=$(mktemp -d {kept}/new.XXXXXX) && cp -a cdktf.out "$new" && mv -T "$new/cdktf.out" "$kept" 2>/dev/null || true
"""
"""The same settings are synthesized again and again below; what `synth` gives for them is kept, for all workers.

ONLY: the commands that a test is about; the others are good and say nothing.
"""
CHANGE = {"logs": {"retention_days": 365}, "archive": {"instance_type": "ecs.g7.2xlarge"}}


class Repository:
    """sites/ and cdktf.out, committed on main; changes are made on top."""

    def __init__(self, folder: Path, program: Path, kept: Path) -> None:
        self.folder, self.program, self.kept = folder, program, kept
        self.environment = {
            **os.environ, "DICOM_CDK": str(program), "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
        }  # fmt: skip

    def begin(self) -> None:
        (self.folder / "sites").mkdir(parents=True)
        shutil.copytree(ROOT / "ci", self.folder / "ci")
        shutil.copyfile(ROOT / "sites/dicom-sh.yaml", self.folder / "sites/dicom-sh.yaml")
        # Another test shows that this is what the site gives.
        self.known((ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text())
        self.synth()
        self.run("git", "init", "--quiet", "--initial-branch=main")
        (self.folder / ".gitignore").write_text("results\n")
        self.commit()

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def synth(self) -> None:
        assert self.run(str(self.program), "synth").returncode == 0

    def commit(self) -> None:
        assert self.run("git", "add", "--all").returncode == 0
        assert self.run("git", "commit", "--quiet", "--message=change").returncode == 0

    def set(self, **settings: object) -> None:
        file = self.folder / "sites/dicom-sh.yaml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **settings}))

    def known(self, stack: str) -> None:
        """Synthesis of the site as it is written now gives `stack`."""
        new = Path(tempfile.mkdtemp(dir=self.kept))
        (new / "stacks/dicom-sh").mkdir(parents=True)
        (new / "stacks/dicom-sh/cdk.tf.json").write_text(stack)
        shutil.copyfile(ROOT / "cdktf.out/manifest.json", new / "manifest.json")
        digest = hashlib.sha256((self.folder / "sites/dicom-sh.yaml").read_bytes()).hexdigest()
        # Another worker may have been faster, with the same bytes.
        with contextlib.suppress(OSError):
            new.rename(self.kept / digest)

    def judge(self, base: str = "main~1") -> "subprocess.CompletedProcess[str]":
        shutil.rmtree(self.folder / "results", ignore_errors=True)
        return self.run("bash", "ci/judge.sh", base, "results")

    def result(self, name: str) -> str:
        return (self.folder / "results" / name).read_text()


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Made once; each test has a copy of its own."""
    folder = tmp_path_factory.mktemp("judge")
    own = tmp_path_factory.getbasetemp()
    kept = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "judged"
    kept.mkdir(exist_ok=True)
    program = folder / "dicom-cdk-once"
    program.write_text(SYNTHESIZING_ONCE.format(program=commanding.program(folder), kept=kept))
    program.chmod(0o755)
    made = Repository(folder / "repository", program, kept)
    made.begin()
    return made


@pytest.fixture
def repository(tmp_path: Path, committed: Repository) -> Repository:
    shutil.copytree(committed.folder, tmp_path / "repository", symlinks=True)
    return Repository(tmp_path / "repository", committed.program, committed.kept)


def test_a_harmless_change_is_good_and_told_in_every_form(repository: Repository) -> None:
    repository.set(**CHANGE)
    repository.synth()
    prices = [
        {"of": f"ECS {kind}, system disk cloud_essd PL0 100 GB", "region": "cn-shanghai", "unit": "hour", "amount": amount,
         "currency": "CNY", "source": "by hand", "date": "2026-11-22"}
        for kind, amount in (("ecs.g7.xlarge", "1.10"), ("ecs.g7.2xlarge", "2.10"))
    ]  # fmt: skip
    (repository.folder / "prices.json").write_text(json.dumps({"version": 1, "prices": prices}))
    repository.commit()
    done = repository.judge()
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "judge: good"
    assert "12 to update, 5 to replace" in repository.result("review.md")
    comment = repository.result("comment.md")
    assert comment.startswith("### Review")
    assert "**This change: +CNY 730.00 a month**" in comment, "1.00 × 730, by prices of a file"
    assert "(prices of 2026-11-22; " in comment
    assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create" in comment
    assert '"version": "2.1.0"' in repository.result("check.sarif")
    assert repository.result("check.xml").startswith("<?xml")
    assert "<!DOCTYPE html>" in repository.result("review.html")
    assert repository.run("git", "worktree", "list").stdout.count("\n") == 1, "no worktree is left"
    assert repository.run("git", "status", "--porcelain").stdout == ""


def test_a_change_that_could_lose_data_needs_an_allow_file(repository: Repository) -> None:
    repository.environment["ONLY"] = "synth review"
    repository.set(storage={"bucket": "another-name-for-images"})
    bucket = SITE["resource"]["alicloud_oss_bucket"]["storage_images"]["bucket"]
    repository.known(json.dumps(SITE).replace(f'"{bucket}"', '"another-name-for-images"'))
    repository.synth()
    repository.commit()
    done = repository.judge()
    assert done.returncode == 3, done.stderr
    assert "name each address with a reason in allow-data-loss.yaml" in done.stderr
    assert "data could be lost" in repository.result("comment.md")
    lost = [
        line.partition("alicloud_")[2].partition(":")[0]
        for line in repository.result("review.md").splitlines()
        if line.startswith("- replace alicloud_") and ": " in line
    ]
    allowed = [
        {"address": f"alicloud_{name}", "reason": "images were copied to the new bucket"}
        for name in dict.fromkeys(lost)
    ]
    (repository.folder / "allow-data-loss.yaml").write_text(yaml.safe_dump(allowed))
    assert repository.judge().returncode == 0, repository.result("review.md")


def test_findings_fail_and_a_comment_too_long_for_them_is_cut_and_closes_what_it_has_opened(
    repository: Repository,
) -> None:
    rules = {
        f"r{number}": {"type": "ingress", "ip_protocol": "tcp", "port_range": f"{number}/{number}", "cidr_ip": "0.0.0.0/0",
                       "security_group_id": "sg-1"}
        for number in range(1, 201)
    }  # fmt: skip
    stack = repository.folder / "cdktf.out/stacks/other"
    stack.mkdir()
    providers = {"alicloud": {"source": "aliyun/alicloud"}}
    document = {"terraform": {"required_providers": providers}, "resource": {"alicloud_security_group_rule": rules}}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    (repository.folder / "program").write_text(
        # Synthesis removes stacks that no site makes: this one stays.
        f'#!/bin/sh\n[ "$1" = synth ] && exit 0\nexec {repository.program} "$@"\n'
    )
    (repository.folder / "program").chmod(0o755)
    repository.environment["DICOM_CDK"] = str(repository.folder / "program")
    repository.commit()
    done = repository.judge()
    assert done.returncode == 1, done.stderr
    assert "refused by plan or policies" in done.stderr
    comment = repository.result("comment.md")
    assert len(repository.result("check.md")) > 60_000
    assert len(comment) < 65_536
    assert "alicloud_security_group_rule.r1" in comment
    assert "(cut: see check.md in the results)" in comment
    assert comment.count("<details>") == comment.count("</details>")
    assert comment.count("\n```") % 2 == 0
    assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create" in comment, "the plan is not lost behind it"


def test_what_cannot_be_judged_is_said(repository: Repository) -> None:
    done = repository.judge("")
    assert (done.returncode, done.stderr.partition(";")[0]) == (2, "judge: usage: bash ci/judge.sh BASE [OUT]")
    done = repository.judge("no-such-commit")
    assert (done.returncode, done.stderr) == (
        2,
        "judge: no-such-commit is no commit here; fetch it (all of the history)\n",
    )
    repository.set(**CHANGE)
    done = repository.judge("main")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "judge: cdktf.out is not what sites/ give; synthesize and commit it"
    repository.set(logs={"retention_days": -1})
    assert repository.judge("main").returncode == 2
    done = repository.run("bash", "ci/judge.sh", "main", "sites")
    assert done.stderr == "judge: sites is there already; name a new folder\n"
    repository.environment["DICOM_CDK"] = "/nowhere/dicom-cdk"
    done = repository.judge("main")
    assert done.stderr.startswith("judge: /nowhere/dicom-cdk is not there; run python3 tools/environment.py test")


def test_an_allow_file_that_does_not_fit_is_exit_2_and_the_findings_are_still_told(repository: Repository) -> None:
    (repository.folder / "allow-data-loss.yaml").write_text(
        "- {address: alicloud_vpc.none, reason: no such address at all}\n"
    )
    repository.set(**CHANGE)
    repository.synth()
    repository.commit()
    done = repository.judge()
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "judge: could not be judged (exit 2): the lines above say why"
    assert "alicloud_vpc.none is not lost by this change" in done.stderr
    assert "(review.md could not be made: see the log)" in repository.result("comment.md")
    assert f"dicom-sh: {DEFAULT_SITE_RESOURCES} to create" in repository.result("comment.md")


def test_a_base_without_sites_is_all_new(repository: Repository) -> None:
    tree = repository.run("git", "hash-object", "-w", "-t", "tree", "/dev/null").stdout.strip()
    repository.environment["ONLY"] = "synth"
    empty = repository.run("git", "commit-tree", "-m", "empty", tree).stdout.strip()
    done = repository.judge(empty)
    assert done.returncode == 0, done.stderr
    assert "all of it is new" in repository.result("comment.md")


def test_a_base_with_constructs_of_its_own_is_made_by_them(repository: Repository) -> None:
    (repository.folder / "tools").mkdir()
    (repository.folder / "tools/environment.py").write_text("")
    made = repository.folder.parent / "made-by-make"
    (repository.folder / "Makefile").write_text(f"synth:\n\t@touch {made} && {repository.program} synth\n")
    repository.commit()
    repository.environment["ONLY"] = "synth review"
    repository.set(**CHANGE)
    repository.synth()
    repository.commit()
    done = repository.judge()
    assert done.returncode == 0, done.stderr
    assert made.exists()
    assert "12 to update, 5 to replace" in repository.result("review.md")


def test_nightly_forgotten_steps_are_apart_and_drift_fails(repository: Repository, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "terraform").write_text(f'#!/bin/sh\nexec {" ".join(terraform.find().command)} "$@"\n')
    (programs / "terraform").chmod(0o755)
    repository.environment |= {
        "TERRAFORM": str(programs / "terraform"), "TF_CLI_CONFIG_FILE": str(commanding.mirror(tmp_path / "mirror")),
        "DICOM_CDK_OFFLINE_APPLY": "1", "TF_VAR_gateway_certificate": "x", "TF_VAR_gateway_private_key": "x",
    }  # fmt: skip
    stack = "cdktf.out/stacks/steps"
    # As much of the site as has a host step and something that can drift.
    document = part(SITE, "alicloud_ecs_invocation.directory_l_boot_run", "alicloud_log_store.")
    (repository.folder / stack).mkdir()

    def write() -> None:
        (repository.folder / stack / "cdk.tf.json").write_text(json.dumps(document))

    write()

    def run(*arguments: str) -> None:
        done = repository.run(str(programs / "terraform"), f"-chdir={stack}", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    run("init", "-input=false")
    run("apply", "-auto-approve", "-input=false")
    run("state", "rm", "alicloud_ecs_invocation.directory_l_boot_run")
    done = repository.run("bash", "ci/drift.sh", stack, "drift")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "- alicloud_ecs_invocation.directory_l_boot_run" in done.stdout
    assert "No drift besides." in (repository.folder / "drift/drift.md").read_text()
    document["resource"]["alicloud_log_store"]["logs_gateway"]["retention_period"] = 365
    write()
    done = repository.run("bash", "ci/drift.sh", stack, "drift")
    assert done.returncode == 1
    assert "- update alicloud_log_store.logs_gateway: retention_period" in done.stdout
    repository.environment["TERRAFORM"] = ""
    only_bash = tmp_path / "only-bash"
    only_bash.mkdir()
    (only_bash / "bash").symlink_to(str(shutil.which("bash")))
    path, repository.environment["PATH"] = repository.environment["PATH"], str(only_bash)
    done = repository.run("bash", "ci/drift.sh", stack, "drift")
    assert done.stderr == "drift: neither terraform nor tofu is on PATH; install one, or name it in TERRAFORM\n"
    repository.environment["PATH"] = path
    done = repository.run("bash", "ci/drift.sh", "sites")
    assert (done.returncode, done.stderr) == (2, "drift: sites holds no cdk.tf.json; synthesize first\n")
