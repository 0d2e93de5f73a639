"""Hide small numbers of a table of counts, with its totals, and see what a weaker table would give away."""

import nhs_ig as ig

attendances = {
    "site": ["RR864", "RR864", "RR865", "RR865"],
    "sex": ["F", "M", "F", "M"],
    "n": [3, 128, 25, 41],
}
# The rule of HES hides each small count alone and rounds the others.
print(ig.suppress(attendances, by=["site", "sex"], count="n", policy="hes").publish())

# A rule that protects against totals hides what would give a small count back, too.
result = ig.suppress(attendances, by=["site", "sex"], count="n", policy="under5", margins="all")
print(result)
print(result.publish()["n_display"])

# What a reader could infer if 3 alone were hidden.
weaker = ig.suppress(
    attendances, by=["site", "sex"], count="n", policy="under5", margins="all", secondary="none"
)
print(weaker.audit.verdict, weaker.audit.cells()["reason"])
