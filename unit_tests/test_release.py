"""What a release consists of agrees: versions, names, notes, and the workflows that publish it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from image.locks import BUILD_LOCK
from image.names import PACKAGE
from image.provenance import source_of
from image.sbom import debian_components
from source_bigcommerce import __version__
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.config import Config
from tools import distribution, release
from tools.project import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def workflow(path: Path) -> dict[str, Any]:
    """A workflow; YAML reads its key `on` as true."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def checkout(folder: Path, changelog: str) -> Path:
    """A copy of the files that name the version, with another changelog."""
    for path, _ in release.PLACES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    return folder


CHANGELOG = (
    f"# Changelog\n\n## [Unreleased]\n\n- Later\n\n## [{__version__}] - 2026-12-01\n\n- New\n\n## [0.9.0]\n\n- Old\n"
)


def test_every_place_names_the_version() -> None:
    """But for the changelog, which has its name at the release."""
    named = dict(release.named_versions())
    assert {path: version for path, version in named.items() if path != "CHANGELOG.md"} == {
        path: __version__ for path in named if path != "CHANGELOG.md"
    }


def test_a_tag_of_the_version_is_released_with_its_notes(tmp_path: Path) -> None:
    """Its section of the changelog, and neither the next one nor its own heading."""
    root = checkout(tmp_path, CHANGELOG)
    release.check(f"v{__version__}", root)
    assert release.notes(f"v{__version__}", root) == "- New"
    assert release.notes("v0.9.0", root) == "- Old"


@pytest.mark.parametrize(
    ("tag", "changelog", "message"),
    [
        ("1.0", CHANGELOG, "is not v<version>"),
        ("v9.9.9", CHANGELOG, f"Dockerfile names {re.escape(__version__)}"),
        (f"v{__version__}", "# Changelog\n\n## [Unreleased]\n\n- New\n", "CHANGELOG.md names none"),
        (f"v{__version__}", f"## [{__version__}]\n\n## [0.9.0]\n\n- Old\n", "has no section"),
    ],
)
def test_any_other_tag_is_refused(tag: str, changelog: str, message: str, tmp_path: Path) -> None:
    """A release cannot be taken back."""
    with pytest.raises(release.ReleaseError, match=message):
        release.check(tag, checkout(tmp_path, changelog))


def test_the_release_tool_needs_nothing_but_python() -> None:
    """The workflow runs it before anything is installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import runpy, sys; sys.path.insert(0, '.'); import tools.release"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_with_their_version(path: Path) -> None:
    """A tag can be moved to other code."""
    uses = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert uses
    for action, comment in uses:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_an_action_has_one_commit_everywhere() -> None:
    """Dependabot moves them together; by hand, one is easily forgotten."""
    commits: dict[str, set[str]] = defaultdict(set)
    for path in WORKFLOWS:
        for action, commit in re.findall(r"uses: ([\w./-]+)@(\S+ # \S+)", path.read_text(encoding="utf-8")):
            commits[action].add(commit)
    assert len(commits) > 5
    assert {action: found for action, found in commits.items() if len(found) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_read_and_only_releases_may_write(path: Path) -> None:
    """Each job of a release has what it needs, and none of them a stored secret."""
    found = workflow(path)
    granted = [found["permissions"], *(job.get("permissions", {}) for job in found["jobs"].values())]
    if path.name == "release.yml":
        assert found["permissions"] == {}
        assert found["jobs"]["pypi"]["permissions"] == {"id-token": "write"}
        assert found["jobs"]["github"]["permissions"] == {"contents": "write"}
        publishing = {name for name, job in found["jobs"].items() if "write" in job["permissions"].values()}
        assert all("environment" in found["jobs"][name] for name in publishing)
    else:
        assert all(permissions in ({}, {"contents": "read"}) for permissions in granted)
    assert "secrets." not in path.read_text(encoding="utf-8")


def test_the_tests_run_under_every_python_that_is_promised() -> None:
    """As pyproject.toml says it."""
    bounds = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', PROJECT, re.M)
    assert bounds
    promised = [f"3.{minor}" for minor in range(int(bounds[1]), int(bounds[2]))]
    assert workflow(ROOT / ".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"] == promised


def test_the_release_publishes_under_the_names_of_this_project() -> None:
    """With provenance, list of materials and a signature."""
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    assert f"ghcr.io/${{OWNER,,}}/{PACKAGE}" in text
    assert "airbyte/source-bigcommerce" not in text
    steps = workflow(ROOT / ".github/workflows/release.yml")["jobs"]["image"]["steps"]
    (built,) = (step["with"] for step in steps if "build-push-action" in step.get("uses", ""))
    assert (built["provenance"], built["sbom"]) == ("mode=max", True)
    assert built["platforms"] == "linux/amd64,linux/arm64"
    labels = re.findall(r"^org\.opencontainers\.image\.(\w+)=", built["labels"], re.M)
    assert sorted(labels) == ["created", "documentation", "revision", "source"]
    assert any("cosign sign" in step.get("run", "") for step in steps)
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"cosign verify ghcr.io/<owner>/{PACKAGE}:<version>" in security
    assert "/.github/workflows/release.yml@refs/tags/v<version>" in security
    # The installer 4 brings cosign 3, whose bundles older ones do not look for.
    assert re.search(r"sigstore/cosign-installer@\w+ # v4\.", text)
    assert "cosign](https://docs.sigstore.dev/) 3 or newer" in security


def test_the_security_policy_names_every_host_and_the_scope_that_is_not_read_only() -> None:
    """Administrators who open a firewall or grant scopes rely on it."""
    (sends,) = re.findall(r"^- \*\*It sends\*\* .*$", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.M)
    for setting in ("api_url", "b2b_api_url"):
        assert f"`{urlsplit(Config.model_fields[setting].default).hostname}`" in sends
    (sees,) = re.findall(r"^- \*\*It sees\*\* .*$", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.M)
    assert f"*{Scope.B2B_EDITION.value}*, which BigCommerce documents with *modify* only" in sees


def test_nothing_is_published_unless_it_was_tested_scanned_and_started() -> None:
    """Of a commit of main; the packages are built where only what is locked with its hash is installed."""
    jobs = workflow(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs["scan"]["uses"] == "./.github/workflows/scan.yml"
    for name in ("dist", "image"):
        assert set(jobs[name]["needs"]) == {"check", "scan"}
    assert set(jobs["pypi"]["needs"]) == {"dist", "try"}
    assert jobs["check"]["steps"][0]["with"]["fetch-depth"] == 0
    assert any("git merge-base --is-ancestor" in step.get("run", "") for step in jobs["check"]["steps"])
    install = "python -m pip install --require-hashes --requirement tools/release-requirements.lock"
    commands = {name: [step["run"] for step in jobs[name]["steps"] if "run" in step] for name in ("dist", "try")}
    assert commands["dist"] == [install, "python -m tools.distribution build"]
    assert commands["try"] == [install, "python -m tools.distribution try"]
    image = [step.get("run", "") for step in jobs["image"]["steps"]]
    (started,) = (number for number, command in enumerate(image) if '"$IMAGE" spec' in command)
    (signed,) = (number for number, command in enumerate(image) if "cosign sign" in command)
    assert started < signed


def test_the_packages_are_built_with_the_locked_setuptools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version writes other metadata, and one without its hash could be anything."""
    commands: list[list[str]] = []

    def run(command: list[str | Path], *_: Any) -> str:
        commands.append([str(part) for part in command])
        with tarfile.open(tmp_path / "packed.tar.gz", "w:gz"):
            return ""

    monkeypatch.setattr(distribution, "_run", run)
    distribution.build(tmp_path, "1767225600")
    (command,) = commands
    assert command[command.index("--build-constraints") + 1] == str(BUILD_LOCK)
    assert "--require-hashes" in command


def test_the_distribution_tool_needs_nothing_but_python() -> None:
    """And uv: the job that builds a release installs nothing else."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import tools.distribution"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_flawed_workflow_fails_make_lint(tmp_path: Path) -> None:
    """The programs are installed, and find what they are there for."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    flawed = folder / "flawed.yml"
    flawed.write_text(
        "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - run: echo ${{ github.event.pull_request.title }} ${{ matrix.none }}\n"
    )
    actionlint = subprocess.run([_program("actionlint"), flawed], capture_output=True, text=True, check=False)
    assert actionlint.returncode
    assert "matrix" in actionlint.stdout
    zizmor = subprocess.run([_program("zizmor"), "--offline", flawed], capture_output=True, text=True, check=False)
    assert zizmor.returncode
    assert "template-injection" in zizmor.stdout
    assert "unpinned-uses" in zizmor.stdout


def test_dependabot_watches_everything_that_is_pinned() -> None:
    """Python packages, the base image, the actions."""
    found = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))
    assert [one["package-ecosystem"] for one in found["updates"]] == ["pip", "docker", "github-actions"]


@pytest.mark.parametrize("path", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")), ids=lambda path: path.name)
def test_issue_forms_have_what_github_requires(path: Path) -> None:
    """GitHub shows no form that lacks it."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name == "config.yml":
        assert form == {"blank_issues_enabled": False}
        return
    assert form["name"]
    assert form["description"]
    kinds = {"markdown", "input", "textarea", "dropdown"}
    assert {part["type"] for part in form["body"]} <= kinds
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_the_hooks_are_the_programs_of_make_lint() -> None:
    """A hook that checks less than CI would only delay the failure."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    programs = {hook["entry"].split()[0].rpartition("/")[2] for hook in hooks}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = makefile.partition("\nlint:")[2].partition("\nunit:")[0]
    assert programs == set(re.findall(r"\$\(BIN\)/(\w+)", lint))


@pytest.mark.parametrize(
    ("remote", "source"),
    [
        ("https://github.com/owner/bigcommerce-mirror.git", "https://github.com/owner/bigcommerce-mirror"),
        ("https://user:token@github.com/owner/name", "https://github.com/owner/name"),
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("https://example.com/owner/name", ""),
        ("", ""),
    ],
)
def test_the_label_source_contains_no_credentials(remote: str, source: str) -> None:
    """A remote may contain a token, and a label is public."""
    assert source_of(remote) == source


def test_debian_packages_are_listed_as_dpkg_has_them() -> None:
    """Those that are installed; a removed one may have left its configuration."""
    status = (
        "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.3.dfsg+really1.3.1-1+b1\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
        "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 13.8\nDescription: a\n b\n"
    )
    first, second = debian_components(status)
    assert (first["name"], first["purl"]) == ("base-files", "pkg:deb/debian/base-files@13.8?arch=amd64")
    assert second["purl"] == "pkg:deb/debian/zlib1g@1:1.3.dfsg%2Breally1.3.1-1%2Bb1?arch=amd64"


@pytest.mark.exhaustive  # the package is built twice
def test_two_builds_of_one_commit_are_the_same_packages(tmp_path: Path) -> None:
    """With the metadata that PyPI shows, and nothing but the package in the wheel."""
    first, second = (distribution.build(tmp_path / name, "1767225600") for name in ("first", "second"))
    assert first == second
    assert set(first) == {
        f"bigcommerce_mirror-{__version__}-py3-none-any.whl",
        f"bigcommerce_mirror-{__version__}.tar.gz",
    }
    (wheel,) = (tmp_path / "first").glob("*.whl")
    metadata = distribution.metadata_of(wheel)
    assert (metadata["Name"], metadata["Version"], metadata["License-Expression"]) == (PACKAGE, __version__, "MIT")
    assert set(metadata["Requires-Python"].split(",")) == {">=3.10", "<3.14"}
    with zipfile.ZipFile(wheel) as files:
        tops = {name.partition("/")[0] for name in files.namelist()}
        entry_points = files.read(f"bigcommerce_mirror-{__version__}.dist-info/entry_points.txt").decode()
    assert tops == {"source_bigcommerce", f"bigcommerce_mirror-{__version__}.dist-info"}
    for program in distribution.PROGRAMS:
        assert f"\n{program} = " in entry_points


def _program(name: str) -> str:
    """A program of this environment, or another of that name."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed: `make lint` installs it")
    return found
