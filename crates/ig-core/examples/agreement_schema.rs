//! Prints the JSON Schema of agreements, for `python/nhs_ig/schemas/agreement_v1.json`:
//!
//! `cargo run -q -p ig-core --no-default-features --features schema --example agreement_schema`

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", serde_json::to_string_pretty(&ig_core::agreement::json_schema())?);
    Ok(())
}
