//! The release report: who allowed it, on what basis, and who was left out, on one page.

mod basis;
mod blocks;
mod flow;
mod left;
mod left_out;
mod markup;
mod record;
#[cfg(test)]
mod tests;
mod transforms;
mod verdict;
mod who;
mod words;

use super::Manifest;
use crate::agreement::spoken;
use markup::Markup;

const STYLE: &str = include_str!("report/style.css");

/// One page of HTML for a Caldicott Guardian: who allowed this release, on what basis, who was left out, and what left.
///
/// Guarantees that the page says nothing that is not in the manifest and its agreement, that every text of those is
/// escaped, and that it loads nothing and runs nothing: no script, no font, no picture from elsewhere. Nothing in it is
/// a cell, an identifier or a key. The same manifest gives the same page.
///
/// Does **not** replace the manifest, which is complete, nor prove what the page itself lists as not proved. Exact
/// numbers of people and rows are on it: where tables of counts leave, keep the page with those who may see the source.
///
/// `manifest_sha256` is the hash of the manifest file; `None` says that no manifest was written, as after a dry run.
pub fn release_report(manifest: &Manifest, manifest_sha256: Option<&str>) -> String {
    let request = manifest.decision.request();
    let id = manifest.decision.agreement().id();
    let what = if manifest.dry_run { "Dry run" } else { "Release report" };
    let title = format!("{what}: {id}, {}", spoken(request.date));
    let head = Markup::void("meta", &[("charset", "utf-8")])
        .and(Markup::void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]))
        .and(Markup::of("title", &title))
        .and(Markup::style(STYLE));
    let header = Markup::of("h1", &title).and(verdict::verdict(manifest)).and(verdict::warnings(manifest));
    let pair = who::who(manifest).and(basis::basis(manifest));
    let main = Markup::element("header", &[], header)
        .and(Markup::element("div", &[("class", "pair")], pair))
        .and(left_out::left_out(manifest))
        .and(left::left(manifest))
        .and(Markup::element(
            "div",
            &[("class", "pair")],
            record::not_proved().and(record::record(manifest, manifest_sha256)),
        ));
    let body = Markup::element("body", &[], Markup::element("main", &[], main));
    Markup::element("html", &[("lang", "en-GB")], Markup::element("head", &[], head).and(body)).page()
}
