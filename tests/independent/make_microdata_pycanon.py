"""Record what pycanon says of generated data that look like the UCI Adult census table.

    python -m pip install pycanon && python tests/independent/make_microdata_pycanon.py --write

pycanon 1.3.5 with pandas 2 made the committed file; it is too heavy to be asked in every test run (SciPy, reportlab,
an older pandas). Without `--write` the file is compared. The data are generated here, nobody's.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

PATH = Path(__file__).resolve().parents[1] / "vectors" / "microdata_pycanon.json"

RACES = ["White"] * 6 + ["Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other"]
SCHOOLS = ["HS-grad"] * 3 + ["Some-college"] * 2 + ["Bachelors", "Masters", "11th"]
WORK = ["Private"] * 4 + ["Self-emp-not-inc", "Local-gov", "?"]


def adult_like(rows: int, seed: int) -> dict[str, list]:
    """Return columns with the names and rough shape of the Adult table."""
    draw = random.Random(seed)
    pick = lambda choices: choices[int(draw.random() * len(choices))]  # noqa: E731
    return {
        "age": [17 + int(draw.random() * draw.random() * 74) for _ in range(rows)],
        "education": [pick(SCHOOLS) for _ in range(rows)],
        "race": [pick(RACES) for _ in range(rows)],
        "sex": [pick(["Male", "Male", "Female"]) for _ in range(rows)],
        "workclass": [pick(WORK) for _ in range(rows)],
        "hours": [pick([40, 40, 40, 20, 35, 45, 50, 60]) for _ in range(rows)],
        "income": [pick(["<=50K", "<=50K", "<=50K", ">50K"]) for _ in range(rows)],
    }


def asked(columns: dict[str, list], by: list[str], sensitive: str) -> dict:
    """Return pycanon's answers."""
    import pandas as pd
    from pycanon import anonymity

    frame = pd.DataFrame(columns)
    return {
        "by": by,
        "sensitive": sensitive,
        "k": int(anonymity.k_anonymity(frame, by)),
        "l_distinct": int(anonymity.l_diversity(frame, by, [sensitive])),
        "l_entropy_floor": int(anonymity.entropy_l_diversity(frame, by, [sensitive])),
        "t": float(anonymity.t_closeness(frame, by, [sensitive])),
    }


def main() -> None:
    """Ask pycanon about several tables and choices of columns."""
    made = []
    for rows, seed in ((60, 1), (250, 2), (600, 3)):
        columns = adult_like(rows, seed)
        questions = [
            asked(columns, by, sensitive)
            for by in (["sex"], ["race", "sex"], ["education", "sex"], ["age", "education", "race", "sex"])
            for sensitive in ("income", "hours", "workclass")
        ]
        made.append({"columns": columns, "questions": questions})
    text = "[\n" + ",\n".join(json.dumps(table) for table in made) + "\n]\n"
    if "--write" in sys.argv:
        PATH.write_text(text, encoding="utf-8")
    elif PATH.read_text(encoding="utf-8") != text:
        sys.exit(f"{PATH.name} differs from what pycanon says")
    print(f"{PATH.name}: {sum(len(table['questions']) for table in made)} answers")


if __name__ == "__main__":
    main()
