"""Prints tests/vectors/nhs_number.json. Only numbers of the range 999, which are never issued, are written down."""

import json

from pseudonym_v1 import check_digit, nhs_number

SPELLINGS = [
    "{0}",
    "{1} {2} {3}",
    "{1}-{2}-{3}",
    "{1}.{2}.{3}",
    " {0}",
    "{0} ",
    "\t{0}\t",
    "{1}\u00a0{2}\u00a0{3}",
    "{1}\u2007{2}\u202f{3}",
    "{1}\u2010{2}\u2011{3}",
    "- {0} -",
]
REFUSED = [
    "999000001",
    "99900000180",
    "9990000018x",
    "x9990000018",
    "999000001O",
    "NHS9990000018",
    "999/000/0018",
    "999_000_0018",
    "+9990000018",
    "9990000018\n",
    "9990000018\u200b",
    "９９９０００００１８",
    "٩٩٩٠٠٠٠٠١٨",
    "999000001²",
    "9,990,000,018",
    "9.990000018e9",
    "9990000018.0",
    "9999999999",
    "999 999 9999",
    "0",
    "999",
    "nine",
    "\u2013",
    "9990000018 9990000026",
]
NUMBERS = [
    -9990000018,
    -1,
    99900000180,
    2**53,
    2**63 - 1,
    -(2**63),
    9999999999,
    999,
    0,
    9990000018.5,
    9990000017.0,
    -9990000018.0,
    1e300,
    9007199254740992.0,
    0.5,
    -0.0,
    9999999999.0,
]
BLANK = ["", " ", "\t", "- .", "\u00a0\u2007\u202f", "\n", "\u2003"]


def synthetic():
    """The first and last valid numbers of the block and some between, each with its nine wrong check digits."""
    for nine in [
        999000000,
        999000001,
        999000002,
        999000003,
        999123456,
        999500000,
        999777888,
        999888777,
        999999998,
    ]:
        fits = [digit for digit in range(10) if check_digit(f"{nine}{digit}")[0]]
        yield nine, fits


vectors = []


def add(value):
    digits, error = nhs_number(value)
    vector = {"input": value, "type": {str: "text", int: "integer", float: "float"}[type(value)]}
    if digits is None:
        vectors.append(vector | {"error": error or "identifier.blank"})
    else:
        assert digits.startswith("999")
        display = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
        vectors.append(vector | {"digits": digits, "display": display, "region": "synthetic"})


for nine, fits in synthetic():
    for digit in range(10):
        add(f"{nine}{digit}")
    for digit in fits:
        add(int(f"{nine}{digit}"))
        add(float(f"{nine}{digit}"))
for spelling in SPELLINGS:
    for number in ["9990000018", "9990000026"]:
        add(spelling.format(number, number[:3], number[3:6], number[6:]))
for value in REFUSED + NUMBERS + BLANK:
    add(value)

print(
    '{\n  "schema": "nhs-ig/vectors/nhs_number/v1",\n  "vectors": [\n    '
    + ",\n    ".join(map(json.dumps, vectors))
    + "\n  ]\n}"
)
