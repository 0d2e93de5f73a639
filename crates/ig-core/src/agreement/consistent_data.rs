//! Whether datasets, fields and outputs fit together.

use super::consistent::Rules;
use super::document::{Document, Sensitivity};
use super::{AgainstEarlier, Dataset, Field, FieldTransform, FieldType, Margins, Output, OutputKind};
use crate::error::AccessError;
use crate::suppression::{Secondary, SuppressionPolicy};

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
    for (field, number) in dataset.field.iter().zip(1..) {
        field_type(field, sensitivity, &format!("{path}.field[{number}]"), rules)?;
    }
    for (filter, number) in dataset.row_filter.iter().zip(1..) {
        let mistake = filter.mistake();
        rules.require(mistake.is_none(), format!("{path}.row_filter[{number}]"), mistake.unwrap_or_default())?;
    }
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
        dataset.field[place].field_type == FieldType::NhsNumber,
        format!("{path}.field[{}].type", place + 1),
        "the id_field holds NHS numbers; write type = \"nhs_number\"",
    )
}

/// Whether type, transform and sensitivity of a field fit together.
fn field_type(field: &Field, sensitivity: Sensitivity, path: &str, rules: &Rules<'_>) -> Checked {
    let transform_path = format!("{path}.transform");
    let reason = format!("it does not read fields of the type {}", field.field_type.name());
    rules.require(field.field_type.suits(&field.transform), &*transform_path, &reason)?;
    if let FieldTransform::Pseudonymise(settings) = &field.transform {
        let numbers = field.field_type == FieldType::NhsNumber;
        let reason = "the kind nhs_number and the type nhs_number go together, so that invalid numbers are seen";
        rules.require((settings.kind == "nhs_number") == numbers, &*transform_path, reason)?;
    }
    if sensitivity == Sensitivity::Identifiable || !field.field_type.names_people() {
        return Ok(());
    }
    let hidden = field.transform.hides_identifier() || matches!(field.transform, FieldTransform::ScrubText(_));
    let reason = match field.field_type {
        FieldType::FreeText => {
            "free text may name people: redact, pseudonymise or scrub it, or write another sensitivity"
        }
        _ => "the NHS number must be pseudonymised or redacted unless the sensitivity is identifiable",
    };
    rules.require(hidden, transform_path, reason)
}

fn record_level(output: &Output, sensitivity: Sensitivity, path: &str, rules: &Rules<'_>) -> Checked {
    let reason = "the sensitivity is aggregate, so no rows may leave";
    rules.require(sensitivity != Sensitivity::Aggregate, format!("{path}.kind"), reason)?;
    let given = [
        ("by", !output.by.is_empty()),
        ("count", output.count.is_some()),
        ("policy", output.policy.is_some()),
        ("secondary", output.secondary.is_some()),
        ("margins", output.margins != Margins::None),
        ("total", output.total.is_some()),
        ("hierarchy", !output.hierarchy.is_empty()),
        ("earlier_releases", output.earlier_releases != AgainstEarlier::Compared),
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
        let whole = dataset.field(column).is_some_and(|field| field.field_type == FieldType::Integer);
        rules.require(whole, &*place, "counts are whole numbers; write type = \"integer\" at the field")?;
        rules.require(!output.by.contains(column), &*place, "it is also one of the columns of by")?;
        rules.require(dataset.id_field.as_ref() != Some(column), place, "NHS numbers cannot be added up")?;
    }
    let place = format!("{path}.policy");
    let Some(policy) = &output.policy else {
        return rules.require(false, place, "an aggregate output needs a suppression policy, such as \"hes\"");
    };
    let Ok(rule) = SuppressionPolicy::preset(policy) else {
        return rules.value(false, place, &format!("one of {}", SuppressionPolicy::PRESETS.join(", ")));
    };
    totals(output, dataset, &rule, path, rules)
}

/// Whether totals, hierarchies and the level of protection fit together.
fn totals(output: &Output, dataset: &Dataset, rule: &SuppressionPolicy, path: &str, rules: &Rules<'_>) -> Checked {
    let gives_up = output.secondary == Some(Secondary::None) && rule.secondary() != Secondary::None;
    rules.require(
        !gives_up || output.margins == Margins::None,
        format!("{path}.secondary"),
        "totals give small counts back; leave the level out, or write \"exact\" or \"interval\"",
    )?;
    let has_totals = output.margins != Margins::None;
    rules.require(has_totals || output.total.is_none(), format!("{path}.total"), "no totals are published")?;
    for (hierarchy, number) in output.hierarchy.iter().zip(1..) {
        let place = format!("{path}.hierarchy[{number}]");
        rules.require(
            has_totals,
            &*place,
            "without totals a hierarchy decides nothing; leave it out or write margins",
        )?;
        let column = output.by.contains(&hierarchy.column);
        rules.require(column, format!("{place}.column"), "it is not one of the columns of by")?;
        for level in &hierarchy.levels {
            let kept = dataset.field(level).is_some_and(|field| matches!(field.transform, FieldTransform::Keep(_)));
            let free = kept && !output.by.contains(level);
            let reason =
                "each level is a field of the dataset with the transform keep, and not one of the columns of by";
            rules.require(free, format!("{place}.levels"), reason)?;
        }
    }
    Ok(())
}
