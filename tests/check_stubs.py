"""Generate the stubs of the compiled module anew, compare them with the committed file, and test them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "python" / "nhs_ig" / "_core.pyi"


def generate(folder: Path) -> str:
    """Return the stubs that the current bindings give."""
    command = [
        "maturin", "generate-stubs", "--quiet", "--features", "stubs",
        "--manifest-path", "crates/ig-py/Cargo.toml", "--out", str(folder),
    ]  # fmt: skip
    subprocess.run([str(Path(sys.executable).parent / command[0]), *command[1:]], cwd=ROOT, check=True)
    found = [path.read_text() for path in folder.rglob("*.pyi")]
    if len(found) != 1:
        sys.exit(f"expected one stub file, got {len(found)}")
    return found[0]


def main() -> None:
    """Compare, or with --write replace the committed file."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = generate(Path(folder))
    if "--write" in sys.argv:
        COMMITTED.write_text(fresh)
    elif COMMITTED.read_text() != fresh:
        sys.exit("the committed stubs differ from the bindings; run python tests/check_stubs.py --write")
    subprocess.run([sys.executable, "-m", "mypy.stubtest", "nhs_ig._core"], cwd=ROOT / "tests", check=True)
    print("stubs: equal to the bindings, and stubtest agrees")


if __name__ == "__main__":
    main()
