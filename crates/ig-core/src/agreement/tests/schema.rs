//! The shipped JSON Schema is what the types make.

use super::*;

#[test]
fn the_shipped_schema_is_what_the_types_make() {
    let shipped = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/nhs_ig/schemas/agreement_v1.json"));
    let shipped: serde_json::Value = serde_json::from_str(shipped).expect("JSON");
    assert_eq!(shipped, json_schema(), "write it anew: see crates/ig-core/examples/agreement_schema.rs");
}
