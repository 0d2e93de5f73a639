error_group! {
    /// An identifier is not what it should be.
    IdentifierError {
        Length { found: usize } = "identifier.length",
            "an NHS number has 10 digits, this has {found} characters after spaces and hyphens are removed; correct it at the source";
        Character {} = "identifier.character",
            "an NHS number has digits only, with optional spaces or hyphens; correct it at the source";
        FullWidthDigit {} = "identifier.non_ascii_digit",
            "a digit is not one of 0 to 9 in ASCII (full-width or other script); retype the number";
        CheckDigit {} = "identifier.check_digit",
            "the check digit does not fit (modulus 11): the number was mistyped or is not an NHS number";
        Placeholder {} = "identifier.placeholder",
            "all ten digits are the same: a placeholder, not a person; treat it as missing";
        Negative {} = "identifier.negative",
            "an NHS number cannot be negative; correct it at the source";
        Fraction {} = "identifier.fraction",
            "an NHS number has no fraction and is below 2^53; read the column as text";
        Postcode {} = "identifier.postcode",
            "not the shape of a UK postcode; correct it at the source or pass on_invalid=\"null\"";
        Date {} = "identifier.date",
            "not a calendar date in the form YYYY-MM-DD; convert the column to dates first, since day and month order is never guessed";
        Age {} = "identifier.age",
            "an age is a whole number of years from 0 to 149";
        DateRange {} = "identifier.date_range",
            "a date to be shifted is from 2 January 1900 to 31 December 2199; others stand for \"not known\" and, shifted, would give the shift away, so make them null first";
        NoPerson {} = "identifier.no_person",
            "a date has no person to be shifted with; fill the identifier in, or pass on_invalid=\"null\"";
        Number {} = "identifier.number",
            "not a finite number written like 42 or -1.5, of at most 15 digits where it has a fraction; correct it at the source or pass on_invalid=\"null\"";
        NumberRange {} = "identifier.number_range",
            "the nearest multiple of the base is not exact in a column of this type; use a wider type";
        InvalidCells { column: String, count: u64, row: u64, reason: String, scope: String } = "identifier.invalid_cells",
            "{count} cells of {column} are not valid, the first at row {row} of {scope} ({reason}); correct them at the source or pass on_invalid=\"null\"";
    }
}
