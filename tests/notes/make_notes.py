"""Prints generated clinical notes with the spans of personal data, one JSON object a line.

    python tests/notes/make_notes.py [how many] > notes.jsonl

Seeded and of the standard library alone. These are the styles that the rules were written against, so figures on
them say that the rules do what they were meant to; `held_out.jsonl` is by another author who had not seen the rules.
Every identifier is made up: NHS numbers of the range 999, telephone numbers of the blocks for drama.
"""

from __future__ import annotations

import json
import random
import sys

SURNAMES = [
    "Ashworth",
    "O'Neill",
    "Khan-Smith",
    "Nwosu",
    "Li",
    "Prendergast",
    "Szymański",
    "Begum",
    "Jones",
    "Wood",
]
FORENAMES = ["Margaret", "Siân", "Ahmed", "Chidi", "Wei", "Rose", "Zofia", "Fatima", "Gareth", "Will"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
MONTHS += ["November", "December"]
AREAS = ["M13", "LS1", "EC1A", "W1A", "DN55", "CR2", "B33", "SA62", "PH1", "NE30"]
NOISE = [
    "BP 120/80, HR 72, sats 98% on air, temp 36.9.",
    "Na 140, K 4.1, urea 5.2, creatinine 88, eGFR >90, CRP 12.",
    "Amoxicillin 500 mg three times a day for 7/7, then review in 2/52.",
    "ECG sinus rhythm, QTc 432 ms, rate 81. Echo EF 55-60%.",
    "Sample accession 2026-00419-77, lot B7731, device SN 4471-0093-22.",
    "Referred from RH802 to K82070; tariff code HRG DZ11V at 1,234.50.",
    "GCS 15/15, NEWS 2, pain 4/10, weight 71.5 kg, BMI 24.8, Rockwood 3.",
    "Vitamin B12 5 micrograms, paracetamol 1 g QDS, insulin 10 units.",
    "Job 48213 wrote at epoch 1700000000.5 and 1712345678901 ms.",
    "Theatre list 0830-1230, bed 14, bay 3, bleep 2231.",
]


def nhs_number(rng):
    """Return ten digits of the range 999 whose check digit fits."""
    while True:
        nine = f"999{rng.randrange(10**6):06}"
        check = -sum((10 - place) * int(digit) for place, digit in enumerate(nine)) % 11
        if check < 10 and nine != "999999999":
            return f"{nine}{check}"


def spelt(rng, number):
    """Return an NHS number as somebody writes it, with the words before it."""
    a, b, c = number[:3], number[3:6], number[6:]
    form = rng.choice(["{a} {b} {c}", "{a}{b}{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "{a}\u00a0{b}\u00a0{c}"])
    before = rng.choice(["NHS No: ", "NHS number ", "NHS", "nhs no. ", "Patient ", "(", "", "NHS #"])
    return before, form.format(a=a, b=b, c=c)


def date(rng):
    """Return a date as somebody writes it."""
    d, m, y = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2026)
    month = MONTHS[m - 1]
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(d, "th")
    return rng.choice(
        [
            f"{d:02}/{m:02}/{y}",
            f"{d}/{m}/{y % 100:02}",
            f"{y}-{m:02}-{d:02}",
            f"{d}{suffix} {month} {y}",
            f"{d} {month[:3]} {y}",
            f"{d:02}-{month[:3].upper()}-{y}",
            f"{d:02}.{m:02}.{y}",
            f"{month} {d}, {y}",
        ]
    )


def phone(rng):
    """Return a telephone number of the blocks that are never given out."""
    n = rng.randrange(1000)
    return rng.choice(
        [
            f"07700 900{n:03}",
            f"07700900{n:03}",
            f"01632 960{n:03}",
            f"+44 7700 900{n:03}",
            f"020 7946 0{n:03}",
            f"(0161) 496 0{n:03}",
            f"+44 (0)1632 960{n:03}",
            f"0113-496-0{n:03}",
        ]
    )


def postcode(rng):
    """Return a postcode as somebody writes it."""
    inward = f"{rng.randint(0, 9)}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    outward = rng.choice(AREAS)
    return rng.choice([f"{outward} {inward}", f"{outward}{inward}", f"{outward} {inward}".lower()])


class Note:
    """A text being written, with its spans."""

    def __init__(self):
        """Start empty."""
        self.text, self.spans = "", []

    def say(self, text):
        """Add text that is nobody's data."""
        self.text += text
        return self

    def mark(self, kind, text):
        """Add personal data."""
        self.spans.append({"type": kind, "start": len(self.text), "end": len(self.text) + len(text)})
        return self.say(text)


def note(rng):
    """Return one note."""
    n = Note()
    first, last = rng.choice(FORENAMES), rng.choice(SURNAMES)
    n.say(rng.choice(["Dear Dr,\n\nRe: ", "Pt: ", "Clinic letter for ", "Discharge summary - "]))
    n.mark(
        "name", rng.choice([f"{first} {last}", f"{last.upper()}, {first}", f"{first.upper()} {last.upper()}"])
    )
    before, number = spelt(rng, nhs_number(rng))
    n.say(rng.choice([", ", "\n", "; "])).say(before).mark("nhs_number", number)
    if before == "(":
        n.say(")")
    if rng.random() < 0.7:
        n.say(rng.choice(["\nDOB: ", ", born ", ", d.o.b. "])).mark("date", date(rng))
    n.say("\n").say(rng.choice(NOISE)).say(" ")
    if rng.random() < 0.6:
        n.say(rng.choice(["Lives at 4 Mill Lane, ", "Address: Flat 2, ", "Home "])).mark(
            "postcode", postcode(rng)
        ).say(". ")
    n.say("Seen ").mark("date", date(rng)).say(" with ").mark(
        "name", rng.choice([last, f"Mrs {last}"[4:], first])
    )
    n.say("'s daughter. ").say(rng.choice(NOISE)).say(" ").say(rng.choice(NOISE)).say("\n")
    if rng.random() < 0.6:
        n.say(rng.choice(["Tel ", "Mobile: ", "Please ring ", "Contact "])).mark("phone", phone(rng)).say(
            ". "
        )
    if rng.random() < 0.4:
        n.say("Email ").mark("email", f"{first[0].lower()}.{rng.randrange(100)}@example.org").say(". ")
    if rng.random() < 0.3:
        n.say("Dr A Example, GMC ").mark("gmc_number", f"{rng.randrange(10**6, 10**7)}").say("\n")
    n.say(rng.choice(NOISE))
    return {"style": "generated", "text": n.text, "spans": n.spans, "names": [f"{first} {last}"]}


def main():
    """Write the notes."""
    rng = random.Random(20261122)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(json.dumps(note(rng), ensure_ascii=True))


if __name__ == "__main__":
    main()
