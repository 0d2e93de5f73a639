"""Replace NHS numbers by pseudonyms for one agreement, in a lazy Polars pipeline."""

import nhs_ig as ig
import polars as pl

# A real key comes from a file that its owner alone can read: ig.Key.from_file("project.key").
key = ig.Key.generate()
pseudonymiser = ig.Pseudonymiser(key, context="DSA-2026-014")

visits = pl.LazyFrame(
    {
        "nhs_number": ["999 000 0018", "9990000026", None, "9990000018"],
        "postcode": ["WN5 8QX", "ZZ99 3VZ", "M13 9PL", "WN5 8QX"],
        "date_of_birth": ["1949-01-28", "2001-07-07", "1987-03-30", "1949-01-28"],
    },
)
safer = visits.select(
    pl.col("nhs_number").ig.pseudonymise(pseudonymiser).alias("person"),
    pl.col("postcode").ig.postcode_district().alias("district"),
    pl.col("date_of_birth").ig.generalise_date(to="year").alias("year_of_birth"),
).collect()
print(safer)

# The plan and the pipeline hold the key's id, never the key.
assert safer["person"][0] == safer["person"][3]
assert safer["person"][2] is None
