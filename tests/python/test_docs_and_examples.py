"""What is written down runs: README, examples, docstrings, stubs."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import nhs_ig as ig
import pytest
from support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))


def test_the_two_commands_of_the_readme_are_one_line_each():
    commands = [text.strip() for language, text in SNIPPETS if language == "sh"]
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert commands[0].endswith("nhs-ig demo")
    assert commands[1] == "python3 tests/run.py"


@pytest.mark.parametrize("code", [text for language, text in SNIPPETS if language == "python"])
def test_python_of_the_readme(code):
    exec(compile(code, "README.md", "exec"), {})


def test_the_readme_shows_python_and_rust():
    assert {"python", "rust", "sh"} <= {language for language, _ in SNIPPETS}


def test_names_of_the_readme_exist():
    names = set(re.findall(r"(?<![.\w])ig\.([A-Za-z_]+)", README))
    assert names
    assert not [name for name in names if not hasattr(ig, name)]
    for folder in re.findall(r"^\| `([a-z/-]+)`", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"


def test_every_example_is_shown_in_both_languages_and_built():
    assert EXAMPLES
    manifest = (ROOT / "crates" / "ig-core" / "Cargo.toml").read_text()
    for path in EXAMPLES:
        assert path.with_suffix(".rs").exists(), path
        assert f"`{path.stem}`" in (ROOT / "examples" / "README.md").read_text()
    for path in (ROOT / "examples").rglob("*.rs"):
        assert f'"../../{path.relative_to(ROOT).as_posix()}"' in manifest, path


def _public():
    for name in ig.__all__:
        thing = getattr(ig, name)
        if name != "__version__":
            yield name, thing
        if inspect.isclass(thing):
            for part in vars(thing):
                if not part.startswith("_") and part not in vars(tuple):
                    yield f"{name}.{part}", inspect.getattr_static(thing, part)


def _doc(thing):
    return inspect.getdoc(thing.__func__ if isinstance(thing, staticmethod) else thing)


@pytest.mark.parametrize(
    ("name", "thing"), list(_public()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_public_name_says_what_it_is(name, thing):
    if name in {"IgError.code", "IgError.context"} or type(thing).__name__ == "_tuplegetter":
        return
    text = _doc(thing)
    assert text, name
    assert text[0].isupper() or text.startswith("`"), f"{name}: a docstring begins with a sentence"
    assert text.split("\n\n")[0].rstrip().endswith("."), f"{name}: the first sentence ends"


def test_all_is_complete_and_sorted():
    assert len(set(ig.__all__)) == len(ig.__all__)
    public = {
        name
        for name, thing in vars(ig).items()
        if not name.startswith("_") and not inspect.ismodule(thing) and name != "find_spec"
    }
    assert public <= set(ig.__all__)


def test_the_package_is_typed():
    package = ROOT / "python" / "nhs_ig"
    assert (package / "py.typed").exists()
    assert (package / "_core.pyi").exists(), "make it with: python tests/check_stubs.py --write"
