error_group! {
    /// A disclosure rule cannot be met as asked.
    PolicyError {
        UnknownPreset { known: String } = "policy.unknown_preset",
            "no suppression preset of that name; the presets are {known}";
        DuplicateCell { first: usize, second: usize } = "policy.duplicate_cell",
            "rows {first} and {second} are the same cell (the first row is 1); add them up or name the column that tells them apart";
        DuplicatePerson { first: usize, second: usize } = "policy.duplicate_person",
            "rows {first} and {second} are the same person (the first row is 1), who would be counted twice with one noise; leave one row a person, or count episodes by their own identifier";
        NegativeCount { row: usize } = "policy.negative_count",
            "the count in row {row} is negative (the first row is 1); counts of people start at 0, correct it at the source";
        NegativeValue { row: usize } = "policy.negative_value",
            "the value in row {row} is negative (the first row is 1), and shares of a total mean nothing beside it; take refunds and corrections off the contributor's own value first, or leave them out";
        MissingContribution { row: usize } = "policy.missing_contribution",
            "row {row} has no contributor or no value (the first row is 1); who adds how much must be known to see who could take it out of a total: complete the row or leave it out";
        NotForMagnitudes { policy: String, reason: String } = "policy.not_for_magnitudes",
            "the rule {policy} cannot protect magnitudes: {reason}";
        NumeratorTooLarge { row: usize } = "policy.numerator_too_large",
            "the numerator in row {row} is larger than its denominator (the first row is 1); a rate is of people who are part of the denominator, correct the columns or take a ratio of separate tables";
        MissingCount { row: usize } = "policy.missing_count",
            "the count in row {row} is missing (the first row is 1) and the rule does not say what that means; write 0 if nobody was counted, or leave the row out";
        CountTooLarge { row: usize } = "policy.count_too_large",
            "the count in row {row}, rounded or added up with others, leaves the range of 64-bit whole numbers (the first row is 1); check the column";
        NotProtected { cells: usize, level: String } = "policy.not_protected",
            "the auditor found {cells} hidden cells that level {level} does not leave open, so no table is returned; take coarser categories, publish fewer totals or exempt fewer rows";
        MarginsUnavailable { reason: String } = "policy.margins_unavailable",
            "totals cannot be published here: {reason}";
        TotalRowFound { dimension: String, row: usize } = "policy.total_row_found",
            "row {row} is a total of {dimension} (the first row is 1), and a total gives hidden cells back; remove such rows or columns, or state margins=\"given\"";
        TotalRowMissing {} = "policy.total_row_missing",
            "no row is a total, although the table is said to have some; name the key that marks totals (total=) and how categories nest (hierarchies=), or state margins=\"none\" if there are none";
        ExemptionUnavailable { policy: String } = "policy.exemption_unavailable",
            "the source of the rule {policy} exempts no rows; remove exempt=, or name a rule that has a national exemption";
        RoundingNeedsKey { rule: String } = "policy.rounding_needs_key",
            "{rule} rounds at random under a key, and there is none: pass key= and context= to suppress, or take a rule that rounds without a key where a function takes none";
        RoundingNotAdditive { base: u32, bases: u32, relation: usize } = "policy.rounding_not_additive",
            "no rounding to multiples of {base} was found that keeps all sums and stays within {bases} times that everywhere; the total of equation {relation} is furthest off (the first is 1); allow more bases, leave out a dimension, or round without keeping sums";
        MergeNotReached { least: u64, cells: u64 } = "policy.merge_not_reached",
            "no merging of categories that was found reaches the goal: the best leaves {least} of {cells} cells to hide; allow more, let more dimensions or larger groups be merged, or leave out a dimension";
        TableTooLarge { limit: u64 } = "policy.table_too_large",
            "the table would have more than {limit} cells; cross fewer dimensions, or take coarser categories";
        NotACell { column: String, row: usize } = "policy.not_a_cell",
            "the cell of {column} in row {row} is neither a whole number nor a known marker (the first row is 1); correct it, or name its marker";
        InconsistentTable { dimension: String, total: String, parts: String } = "policy.inconsistent_table",
            "the total of {dimension} {total} is not the sum of its parts ({parts}; the first row is 1); correct the table or list the combinations that are missing; suppress with margins=\"reconciled\" replaces totals by the sums of their parts";
        LinkedTablesDiffer { first: String, first_place: String, second: String, second_place: String } = "policy.linked_tables_differ",
            "the tables {first} and {second} do not count the same people: {first_place} of the first and {second_place} of the second disagree (the first row is 1); correct the tables, or give dimensions that mean different things different names";
        ReleasesDiffer { row: usize, of: String, release: usize } = "policy.releases_differ",
            "row {row} of {of} and what earlier release {release} shows cannot both be true (the first row is 1, the first release is the oldest); check that the releases count the same people, that counts said to have grown did, and that every row of an earlier release is still listed";
        HierarchyAmbiguous { dimension: String, pair: usize } = "policy.hierarchy_ambiguous",
            "pair {pair} of a hierarchy of {dimension} gives a category a second parent, or itself as parent (the first pair is 1); where areas overlap, give one hierarchy for each kind of area";
        HierarchyIncomplete { dimension: String, row: usize } = "policy.hierarchy_incomplete",
            "the category of {dimension} in row {row} has no parent in a hierarchy (the first row is 1); add it, or its totals would miss it";
        PrimaryGivenAway { cell: usize } = "policy.primary_given_away",
            "the cells that must be published give hidden cells away, first noticed at cell {cell} (the first cell is 1); exempt fewer rows, or hide totals or zeros too";
        TableTooEntangled { cell: usize } = "policy.table_too_entangled",
            "publishing cell {cell} cannot be judged with 64-bit whole numbers (the first cell is 1); link fewer tables at once, or state relations with small factors";
        InconsistentRelation { relation: usize } = "policy.inconsistent_relation",
            "no table of whole numbers looks like this: the cells of equation {relation} do not add up within their ranges (the first equation is 1); correct the totals at the source, or the ranges that markers stand for";
        Interrupted {} = "policy.interrupted",
            "the call was ended before its result; nothing was decided, start it again";
        KNotReached { k: u64, smallest: u64, rows: u64 } = "policy.k_not_reached",
            "no combination of the levels on offer reaches k = {k}: at the coarsest the smallest class has {smallest} rows, and {rows} rows are in classes below k; offer coarser levels, \"omit\" among them, or let more rows be withheld";
        LevelsNotNested { column: String, level: usize } = "policy.levels_not_nested",
            "level {level} of {column} splits values that the level before puts together (the first level is 1); offer levels each of which coarsens the one before, such as age bands of 5, 10 and 20 years";
    }
}
