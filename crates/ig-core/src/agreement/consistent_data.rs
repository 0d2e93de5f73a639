//! Whether datasets, fields and outputs fit together.

use super::consistent::Rules;
use super::document::{Document, Sensitivity};
use super::{Dataset, FieldTransform, Output, OutputKind};
use crate::error::AccessError;
use crate::suppression::SuppressionPolicy;

type Checked = Result<(), AccessError>;

pub(super) fn check(document: &Document, rules: &Rules<'_>) -> Checked {
    rules.value(!document.dataset.is_empty(), "dataset", "at least one [[dataset]]")?;
    rules.value(!document.output.is_empty(), "output", "at least one [[output]]")?;
    rules.distinct(
        document.dataset.iter().map(|dataset| dataset.name.as_str()),
        |number| format!("dataset[{number}].name"),
        "another dataset has the same name",
    )?;
    rules.distinct(
        document.output.iter().map(|output| output.name.as_str()),
        |number| format!("output[{number}].name"),
        "another output has the same name and would be overwritten",
    )?;
    for (dataset, number) in document.dataset.iter().zip(1..) {
        fields(dataset, document.sensitivity, &format!("dataset[{number}]"), rules)?;
    }
    for (output, number) in document.output.iter().zip(1..) {
        let path = format!("output[{number}]");
        let dataset = document.dataset.iter().find(|dataset| dataset.name == output.dataset);
        let Some(dataset) = dataset else {
            return rules.require(false, format!("{path}.dataset"), "no [[dataset]] has this name");
        };
        match output.kind {
            OutputKind::RecordLevel => record_level(output, document.sensitivity, &path, rules)?,
            OutputKind::Aggregate => aggregate(output, dataset, &path, rules)?,
        }
    }
    Ok(())
}

fn fields(dataset: &Dataset, sensitivity: Sensitivity, path: &str, rules: &Rules<'_>) -> Checked {
    rules.value(!dataset.field.is_empty(), format!("{path}.field"), "at least one [[dataset.field]]")?;
    rules.distinct(
        dataset.field.iter().map(|field| field.name.as_str()),
        |number| format!("{path}.field[{number}].name"),
        "another field of this dataset has the same name",
    )?;
    let id = dataset.id_field.as_deref();
    let id_path = format!("{path}.id_field");
    rules.require(!dataset.person_level || id.is_some(), &*id_path, "a person-level dataset names its NHS number")?;
    let drop_path = format!("{path}.drop_id_field");
    rules.require(id.is_some() || !dataset.drop_id_field, &*drop_path, "there is no id_field to drop")?;
    let Some(id) = id else { return Ok(()) };
    let Some(place) = dataset.field.iter().position(|field| field.name == id) else {
        let reason = "it is not among the fields; list it, or write drop_id_field = true if it must not be released";
        return rules.require(dataset.drop_id_field, id_path, reason);
    };
    rules.require(!dataset.drop_id_field, drop_path, "the id_field is among the fields, so it is not dropped")?;
    rules.require(
        sensitivity == Sensitivity::Identifiable || dataset.field[place].transform.hides_identifier(),
        format!("{path}.field[{}].transform", place + 1),
        "the NHS number must be pseudonymised or redacted unless the sensitivity is identifiable",
    )
}

fn record_level(output: &Output, sensitivity: Sensitivity, path: &str, rules: &Rules<'_>) -> Checked {
    let reason = "the sensitivity is aggregate, so no rows may leave";
    rules.require(sensitivity != Sensitivity::Aggregate, format!("{path}.kind"), reason)?;
    let given = [
        ("by", !output.by.is_empty()),
        ("count", output.count.is_some()),
        ("policy", output.policy.is_some()),
        ("secondary", output.secondary.is_some()),
    ];
    for (key, given) in given {
        rules.require(!given, format!("{path}.{key}"), "it belongs to aggregate outputs")?;
    }
    Ok(())
}

fn aggregate(output: &Output, dataset: &Dataset, path: &str, rules: &Rules<'_>) -> Checked {
    let by = format!("{path}.by");
    rules.require(!output.by.is_empty(), &*by, "an aggregate output needs the columns that make its cells")?;
    rules.distinct(output.by.iter().map(String::as_str), |_| by.clone(), "a column is named twice")?;
    for column in &output.by {
        let field = dataset.field(column);
        rules.require(field.is_some(), &*by, "a column is not among the fields of the dataset")?;
        let makes_cells = field.is_some_and(|field| field.transform.may_make_cells());
        let is_id = dataset.id_field.as_ref() == Some(column);
        rules.require(makes_cells && !is_id, &*by, "a column stands for single people, so its cells would be rows")?;
    }
    if let Some(column) = &output.count {
        let place = format!("{path}.count");
        let kept = dataset.field(column).is_some_and(|field| matches!(field.transform, FieldTransform::Keep(_)));
        rules.require(kept, &*place, "it is not a field of the dataset with the transform keep")?;
        rules.require(!output.by.contains(column), &*place, "it is also one of the columns of by")?;
        rules.require(dataset.id_field.as_ref() != Some(column), place, "NHS numbers cannot be added up")?;
    }
    let place = format!("{path}.policy");
    let Some(policy) = &output.policy else {
        return rules.require(false, place, "an aggregate output needs a suppression policy, such as \"hes\"");
    };
    rules.value(
        SuppressionPolicy::PRESETS.contains(&policy.as_str()),
        place,
        &format!("one of {}", SuppressionPolicy::PRESETS.join(", ")),
    )
}
