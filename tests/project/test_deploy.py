"""What goes to a Space, what is deleted there, and what is said when it doesn't go; the workflow that does it."""

import re
import subprocess

import pytest
import yaml
from hub_server import Dataset, HubServer
from scripts import loaded

from askme.settings import ROOT
from askme.web.html.templating import TEMPLATES

pytestmark = pytest.mark.process

TOKEN, SPACE = "hf_secret", "me/askme"
deploying = loaded(".ci/deploy.py")


@pytest.fixture
def checkout(tmp_path):
    """A small repository with everything a Space needs, and more."""
    for name in deploying.SHIPPED:
        path = tmp_path / name if "." in name or name == "LICENSE" else tmp_path / name / "one.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name} in Chinese: 叶\n", encoding="utf-8")
    (tmp_path / "src" / "icon.png").write_bytes(bytes(range(256)))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "picture.png").write_bytes(b"\x89PNG")
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@a.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], check=True)
    (tmp_path / "src" / "draft.txt").write_text("not in git")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-secret")
    return tmp_path


@pytest.fixture
def hub():
    with HubServer() as server:
        server.datasets[SPACE] = Dataset(files={".gitattributes": b"*.png lfs", "src/old.py": b"", "README.md": b"old"})
        yield server


def send(checkout, hub, space=SPACE, token=TOKEN):
    said = []
    deploying.deploy(checkout, space, token, hub.url, said.append)
    return said


def test_the_space_gets_what_it_needs_and_loses_what_is_gone(checkout, hub):
    said = send(checkout, hub)
    files = hub.datasets[SPACE].files
    folders = {"src", "knowledge", "prompts"}
    plain = {name for name in deploying.SHIPPED if name not in folders}
    assert set(files) == plain | {f"{name}/one.txt" for name in folders} | {"src/icon.png", ".gitattributes"}
    assert files["README.md"].decode() == "README.md in Chinese: 叶\n"
    assert files["src/icon.png"] == bytes(range(256))
    assert files[".gitattributes"] == b"*.png lfs"
    assert hub.datasets[SPACE].commits == 1
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert all("/spaces/" in asked or asked.endswith("validate-yaml") for asked in hub.asked)
    assert said == [f"{SPACE} has 9 files, 1 were deleted there; it builds itself anew when something changed"]


def test_the_real_checkout_sends_the_app_and_nothing_private():
    files = deploying.tracked(ROOT)
    assert {"app.py", "src/askme/web/gradio_app.py", "src/askme/web/static/page.js", "knowledge/resume.zh.md"} <= set(
        files
    )
    assert {f"src/askme/web/templates/{path.name}" for path in TEMPLATES.iterdir()} <= set(files)
    assert not [name for name in files if re.match(r"tests|docs|benchmarks|\.|.*\.pyc$", name)]
    assert sum((ROOT / name).stat().st_size for name in files) < 5_000_000


@pytest.mark.parametrize(
    ("status", "told"), [(401, "is refused"), (403, "may not write"), (409, "answered 409"), (200, "or understood")]
)
def test_a_refusal_is_one_sentence_without_the_token(checkout, hub, status, told):
    hub.refuse = status
    with pytest.raises(deploying.NotDeployed, match=told) as raised:
        send(checkout, hub)
    assert TOKEN not in str(raised.value)


def test_a_space_that_does_not_exist_is_told(checkout, hub):
    with pytest.raises(deploying.NotDeployed, match="create it first"):
        send(checkout, hub, "me/other")


@pytest.mark.parametrize(("space", "token", "told"), [("askme", TOKEN, "owner/name"), (SPACE, "", "HF_TOKEN")])
def test_what_is_not_set_is_named(checkout, hub, space, token, told):
    with pytest.raises(deploying.NotDeployed, match=told):
        send(checkout, hub, space, token)
    assert hub.asked == []


def test_a_checkout_that_lacks_something_is_not_sent(checkout, hub):
    (checkout / "app.py").unlink()
    with pytest.raises(deploying.NotDeployed, match=r"needs app\.py"):
        send(checkout, hub)
    assert hub.datasets[SPACE].commits == 0


def test_outside_of_git_it_says_so(tmp_path, hub):
    with pytest.raises(deploying.NotDeployed, match="in a clone"):
        send(tmp_path, hub)


def test_without_a_space_the_workflow_says_so_and_passes(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["deploy.py", "--optional"])
    for name in ("HF_TOKEN", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    deploying.main()
    assert "HF_TOKEN and the variable SPACE_ID" in capsys.readouterr().out


def test_the_workflow_deploys_main_only_after_the_tests():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["deploy"]
    assert job["needs"] == "test"
    assert job["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    with_secret = [step for step in job["steps"] if "secrets." in str(step)]
    assert [step["run"] for step in with_secret] == ["python .ci/deploy.py --optional"]
