"""Hide small numbers of a table of counts by the HES rule."""

import nhs_ig as ig

attendances = {
    "site": ["RR864", "RR864", "RR865", "RR865"],
    "sex": ["F", "M", "F", "M"],
    "n": [3, 128, 0, 41],
}
result = ig.suppress(attendances, by=["site", "sex"], count="n", policy="hes")
print(result)
print(result.publish())

# Rules that stand for more than hiding each cell alone are refused until they can be met.
try:
    ig.suppress(attendances, by=["site", "sex"], count="n", policy="under5")
except ig.PolicyError as error:
    print(error)
