"""Prints tests/vectors/scrub_text_forms.json, made with the standard library.

Each text is put together from pieces whose kind is known, so that the expected output and the places follow from how
the text was made and not from rules that look for them. Check digits and the check value of the name list are
computed here by their definitions.
"""

import hashlib
import json
import unicodedata

TAGS = {
    "nhs_number": "[NHS NUMBER]",
    "chi_number": "[CHI NUMBER]",
    "hc_number": "[H&C NUMBER]",
    "postcode": "[POSTCODE]",
    "phone": "[PHONE]",
    "email": "[EMAIL]",
    "date": "[DATE]",
    "gmc_number": "[GMC NUMBER]",
    "name": "[NAME]",
}
NAMES = ["Dr Siân O'Neill", "Margaret Ashworth", "Khan-Smith"]
out = []


def check_value(names):
    """First four hex digits over the folded names, as the page says."""
    folded = set()
    for name in names:
        plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
        words = "".join(c if c.isalpha() else " " for c in plain).split()
        folded.add(" ".join(word for word in words if word != "dr"))
    message = b"nhs-ig/name-list/v1\0"
    for name in sorted(folded, key=str.encode):
        message += len(name.encode()).to_bytes(4, "big") + name.encode()
    return hashlib.sha256(message).hexdigest()[:4]


def v(*pieces, names=False, **settings):
    """Add a vector: a piece is text, or a pair of kind and text."""
    text, scrubbed, found = "", "", []
    for piece in pieces:
        if isinstance(piece, str):
            text, scrubbed = text + piece, scrubbed + piece
        else:
            kind, said = piece
            found.append([kind, len(text), len(text) + len(said)])
            text, scrubbed = text + said, scrubbed + TAGS[kind]
    out.append({"settings": settings, "names": names, "input": text, "output": scrubbed, "findings": found})


def number(nine):
    """Ten digits with the check digit, by the definition of the Data Dictionary."""
    rest = 11 - sum(int(d) * (10 - i) for i, d in enumerate(nine)) % 11
    assert rest != 10
    return nine + str(0 if rest == 11 else rest)


for nine in ["999000001", "999123457", "999876542", "999555551"]:
    n = number(nine)
    a, b, c = n[:3], n[3:6], n[6:]
    wrong = n[:9] + str((int(n[9]) + 1) % 10)
    for s in [" ", "-", ".", "\u00a0", " - ", "\u2011", "\u202f", "/", "\n"]:
        v("seen ", ("nhs_number", f"{a}{s}{b}{s}{c}"), " today")
    v("NHS", ("nhs_number", n))
    v("Patient ", ("nhs_number", n), ".")
    v(("nhs_number", n))
    v(n, min_score=61)
    v("nhs no: ", ("nhs_number", f"{n[:5]} {n[5:]}"))
    v("NHS number ", ("nhs_number", wrong), " (mistyped)")
    v("ref ", wrong)
    v("timestamp ", n)
    v("lot ", n, ", 0.", n, ", ", n, "5")
    v("H&C number ", ("hc_number", n))
    v(n, kinds=["postcode"])
v("NHS number ", ("nhs_number", "9999999999"), "; weight 9999999999")
v("CHI ", ("chi_number", number("060723000")), ", ", ("chi_number", number("311299001")))
v("epoch 1700000003 in log 1669852805")
for p in [
    "07700 900123",
    "07700900123",
    "+44 7700 900123",
    "01632 960983",
    "(0161) 496 0000",
    "020 7946 0958",
]:
    v("call ", ("phone", p), " after six")
    v("on ", ("phone", p), ";")
v("tel ", ("phone", "0161 496 0000 ext 4321"), " or ", ("phone", "+44 (0)1632 960983"))
for p in [
    "M13 9PL",
    "m13 9pl",
    "EC1A1BB",
    "W1A 1HQ",
    "DN55 1PT",
    "CR2 6XH",
    "ZZ99 3VZ",
    "BFPO 123",
    "GIR 0AA",
]:
    v("lives at ", ("postcode", p), ", alone")
v("vitamin B12 5mg, S1 2nd, RH802, K82070, E01000001, HRG DZ11V")
for d in [
    "12/03/1958",
    "1958-03-12",
    "12.03.1958",
    "12/3/58",
    "3rd March 1958",
    "3 Mar 1958",
    "03-MAR-1958",
    "March 3, 1958",
    "19580312",
    "3rd of March",
]:
    v("DOB ", ("date", d), " noted")
    v("on ", ("date", d), ".")
v("3/7 of tablets, review 2/52, BP 120/80, pain 4/10, version 10.11.12.13, 71.5 kg")
v("mail ", ("email", "a.b+c@trust.example.org"), ", not a@b or @trust")
v("Dr A, GMC no ", ("gmc_number", "1234567"), ", bleep 1234567")
v(
    ("name", "SIAN O’NEILL"),
    "'s son, ",
    ("name", "O'Neill, Siân"),
    ", ",
    ("name", "margaret ashworth"),
    names=True,
)
v("Mrs ", ("name", "Khan Smith"), " and ", ("name", "Ashworth"), "'s; Ashworthy, khans", names=True)
v(("name", "Ashworth"), " ", ("nhs_number", number("999000001")), " at ", ("postcode", "M13 9PL"), names=True)
v("🙂 é ", ("nhs_number", number("999000001")), " ñ ", ("date", "12/03/1958"))
v("[NHS NUMBER] on [DATE], [NAME] [H&C NUMBER]")
v("")
wrong_settings = [{"min_score": 0}, {"min_score": 101}, {"kinds": []}, {"kinds": ["nhs"]}, {"min_scor": 5}]
refused = {"names": False, "input": "a", "error": "misuse.argument"}
out.extend({"settings": settings, **refused} for settings in wrong_settings)
body = ",\n".join("    " + json.dumps(o, ensure_ascii=True) for o in out)
head = json.dumps({"names": NAMES, "check_value": check_value(NAMES)}, ensure_ascii=True)[1:-1]
print("{\n  " + head + ',\n  "vectors": [\n' + body + "\n  ]\n}")
