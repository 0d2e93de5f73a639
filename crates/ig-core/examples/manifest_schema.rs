//! Prints the JSON Schema of manifests, for `python/nhs_ig/schemas/manifest_v1.json`:
//!
//! `cargo run -q -p ig-core --features schema --example manifest_schema`

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", serde_json::to_string_pretty(&ig_core::release::manifest_schema())?);
    Ok(())
}
