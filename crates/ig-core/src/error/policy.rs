error_group! {
    /// A disclosure rule cannot be met as asked.
    PolicyError {
        UnknownPreset { known: String } = "policy.unknown_preset",
            "no suppression preset of that name; the presets are {known}";
    }
}
