error_group! {
    /// A disclosure rule cannot be met as asked.
    PolicyError {
        UnknownPreset { known: String } = "policy.unknown_preset",
            "no suppression preset of that name; the presets are {known}";
        DuplicateCell { first: usize, second: usize } = "policy.duplicate_cell",
            "rows {first} and {second} are the same cell (the first row is 1); add them up or name the column that tells them apart";
        NegativeCount { row: usize } = "policy.negative_count",
            "the count in row {row} is negative (the first row is 1); counts of people start at 0, correct it at the source";
        NegativeValue { row: usize } = "policy.negative_value",
            "the value in row {row} is negative (the first row is 1), and shares of a total mean nothing beside it; take refunds and corrections off the contributor's own value first, or leave them out";
        MissingCount { row: usize } = "policy.missing_count",
            "the count in row {row} is missing (the first row is 1) and the rule does not say what that means; write 0 if nobody was counted, or leave the row out";
        CountTooLarge { row: usize } = "policy.count_too_large",
            "the count in row {row} cannot be rounded without leaving the range of 64-bit whole numbers (the first row is 1); check the column";
        SecondaryUnavailable { policy: String, level: String } = "policy.secondary_unavailable",
            "secondary suppression at level {level}, which the rule {policy} or the call asks for, does not exist in this version; pass secondary=\"none\" to hide small counts alone, and publish no totals beside them";
        MarginsUnavailable { reason: String } = "policy.margins_unavailable",
            "totals cannot be published here: {reason}";
        TotalRowFound { dimension: String, row: usize } = "policy.total_row_found",
            "row {row} is a total of {dimension} (the first row is 1), and a total gives hidden cells back; remove such rows, or state margins=\"given\" and secondary=\"none\"";
        ExemptionUnavailable { policy: String } = "policy.exemption_unavailable",
            "the source of the rule {policy} exempts no rows; remove exempt=, or name a rule that has a national exemption";
        RoundingNotAdditive { base: u32, bases: u32, relation: usize } = "policy.rounding_not_additive",
            "no rounding to multiples of {base} was found that keeps all sums and stays within {bases} times that everywhere; the total of equation {relation} is furthest off (the first is 1); allow more bases, leave out a dimension, or round without keeping sums";
        MergeNotReached { least: u64, cells: u64 } = "policy.merge_not_reached",
            "no merging of categories that was found reaches the goal: the best leaves {least} of {cells} cells to hide; allow more, let more dimensions or larger groups be merged, or leave out a dimension";
        TableTooLarge { limit: u64 } = "policy.table_too_large",
            "the table would have more than {limit} cells; cross fewer dimensions, or take coarser categories";
        KNotReached { k: u64, smallest: u64, rows: u64 } = "policy.k_not_reached",
            "no combination of the levels on offer reaches k = {k}: at the coarsest the smallest class has {smallest} rows, and {rows} rows are in classes below k; offer coarser levels, \"omit\" among them, or let more rows be withheld";
        LevelsNotNested { column: String, level: usize } = "policy.levels_not_nested",
            "level {level} of {column} splits values that the level before puts together (the first level is 1); offer levels each of which coarsens the one before, such as age bands of 5, 10 and 20 years";
    }
}
