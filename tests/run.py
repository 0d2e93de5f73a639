#!/usr/bin/env python3
"""Set up and run every test: Rust, Python, Polars (oldest and newest), docs, examples, stubs and lints.

Needs Rust, Python 3.10 or newer and a C compiler; makes its own virtual environments beside this repository's
folders. With Node it also installs other people's validators of FHIR and Elastic documents, in tests/node. With NHS_IG_REQUIRE=all a check whose tool is missing fails instead of being skipped.

    python3 tests/run.py            all tests
    python3 tests/run.py lints      one part: rust, python, oldest, lints, polars, polars_streaming

All tests are rust, python and oldest. The two parts with Rust Polars compile that crate, which takes minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("NHS_IG_REQUIRE") == "all"
BIN = "Scripts" if os.name == "nt" else "bin"

# The exchange over MESH: the client, and the server that stands in for the service.
MESH = ["mesh-client>=3", "mesh-sandbox", "uvicorn", "cryptography"]
# Audit tables on a PostgreSQL server, over a driver in C and one in Python.
POSTGRESQL = ["psycopg[binary]>=3.2", "pg8000>=1.31"]
# Signed tokens made by another library.
TOKENS = ["pyjwt>=2.8", "cryptography"]
NEWEST = [
    "polars>=2,<3",
    "pandas>=3",
    "pyarrow",
    "openpyxl>=3.1",
    *MESH,
    *POSTGRESQL,
    *TOKENS,
    "scipy>=1.14",
    "jsonschema>=4.20",
    # Reads the FHIR resources that records of the audit log become.
    "fhir.resources>=8",
    "pytest",
    "hypothesis",
    "mypy",
    "ruff",
    "maturin>=1.16,<2",
]
# The oldest supported versions of what the package adapts to.
OLDEST = ["polars==1.31.0", "pandas==2.2.3", "numpy<2.3", "pytest", "hypothesis", *MESH, *POSTGRESQL, *TOKENS]

skipped: list[str] = []


def step(title: str, command: list[str | Path], **environment: str) -> None:
    """Run one command, with a line before and after; stop at the first that fails."""
    print(f"\n== {title}", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    print(
        f"== {title}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    if done.returncode:
        sys.exit(1)


def needs(tool: str, what: str) -> bool:
    """Say whether an outside program is there; a missing one is a visible skip, or a failure if all are required."""
    if shutil.which(tool):
        return True
    if REQUIRE_ALL:
        sys.exit(f"{what} needs {tool}, which is not installed, and NHS_IG_REQUIRE=all")
    print(f"SKIPPED {what}: {tool} is not installed", flush=True)
    skipped.append(what)
    return False


def environment(name: str, packages: list[str]) -> Path:
    """Make or reuse a virtual environment with the package and what its tests need."""
    folder = ROOT / name
    python = folder / BIN / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    step(f"{name}: install test tools", [*pip, "--quiet", *packages])
    step(f"{name}: build and install nhs_ig", [*pip, "--force-reinstall", "--no-deps", "./python"])
    step(f"{name}: install what nhs_ig needs", [*pip, "--quiet", "click>=8.1"])
    return folder / BIN


def rust() -> None:
    """Run the Rust tests with their doc examples."""
    step("Rust tests", ["cargo", "test", "--workspace"])
    # One build for the two optional features that need nothing of Arrow.
    small = ["cargo", "test", "-p", "ig-core", "--no-default-features", "--features", "schema,tracing"]
    step("Rust schema of agreements", [*small, "--lib", "agreement"])
    step("Rust tracing layer", [*small, "--lib", "audit::tracing_layer"])
    step("Rust tracing layer, docs examples", [*small, "--doc", "audit::tracing_layer"])
    schema = ["--features", "schema", "--lib", "release::schema"]
    step("Rust schema of manifests", ["cargo", "test", "-p", "ig-core", *schema])
    for example in sorted((ROOT / "examples").rglob("*.rs")):
        # Numbers that begin with 999 are enough to see the attack succeed; all of them take a minute.
        only = ["999"] if example.stem == "why_keyed" else []
        step(
            f"Rust example {example.stem}",
            ["cargo", "run", "--quiet", "-p", "ig-core", "--example", example.stem, "--", *only],
        )


def python() -> None:
    """Run the Python tests, with stubs and types, against the newest libraries."""
    tools = environment(".venv-tests", NEWEST)
    step("Python tests", [tools / "python", "-m", "pytest", "-q", "-ra", "tests/python"])
    step(
        "Python docs examples",
        [tools / "python", "-m", "pytest", "-q", "--doctest-modules", "--pyargs", "nhs_ig"],
    )
    step("types", [tools / "python", "-m", "mypy", "--config-file", "python/pyproject.toml", "python/nhs_ig"])
    step("stubs", [tools / "python", "tests/check_stubs.py"])


def oldest() -> None:
    """Run the Python tests against the oldest supported Polars and pandas, without pyarrow."""
    tools = environment(".venv-oldest", OLDEST)
    step("Python tests, oldest versions", [tools / "python", "-m", "pytest", "-q", "-ra", "tests/python"])


def lints() -> None:
    """Check style, documentation links, and the core alone without its optional features."""
    if needs("cargo-clippy", "Rust lints"):
        step("Rust lints", ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    step("Rust core without Arrow", ["cargo", "check", "-p", "ig-core", "--no-default-features"])
    step(
        "Rust docs",
        ["cargo", "doc", "--no-deps", "-p", "ig-core", "-p", "ig-hmac"],
        RUSTDOCFLAGS="-D warnings",
    )
    if needs("rustfmt", "Rust style"):
        step("Rust style", ["cargo", "fmt", "--all", "--check"])
    ruff = ROOT / ".venv-tests" / BIN / "ruff"
    if ruff.exists():
        step(
            "Python lints",
            [ruff, "check", "--config", "python/pyproject.toml", "python", "tests", "examples", "benches"],
        )


def polars() -> None:
    """Test the acts on the expressions of Rust Polars, which takes long to compile, and run their example."""
    package = ["-p", "ig-polars", "--features", "polars"]
    step("Rust Polars tests", ["cargo", "test", *package])
    step("Rust Polars example", ["cargo", "run", *package, "--example", "pseudonymise_lazy"])


def polars_streaming() -> None:
    """Test the same in the streaming engine; its feature compiles the whole of Polars once more."""
    step(
        "Rust Polars streaming",
        ["cargo", "test", "-p", "ig-polars", "--features", "polars_streaming", "--lib"],
    )


PARTS = {
    "rust": rust,
    "python": python,
    "oldest": oldest,
    "lints": lints,
    "polars": polars,
    "polars_streaming": polars_streaming,
}
TESTS = ["rust", "python", "oldest"]


def main() -> None:
    """Run the parts that were asked for, or every test."""
    wanted = sys.argv[1:] or TESTS
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"no part of that name; the parts are {', '.join(PARTS)}")
    started = time.monotonic()
    for name in wanted:
        PARTS[name]()
    print(
        f"\nAll tests passed in {time.monotonic() - started:.0f} s; {len(skipped)} skipped for want of a tool",
        flush=True,
    )


if __name__ == "__main__":
    main()
