"""New files that their owner alone can read."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: str, text: str) -> None:
    """Write a new file that its owner alone can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - an open handle
            file.write(text)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
