//! The way of the rows of one dataset as a drawing, small enough for a phone; words and figures carry the meaning, and
//! the table under it says the same.

use super::markup::Markup;
use super::words::{counted, number, people, rows};
use crate::release::{Manifest, ManifestDataset, ManifestOutput};

const WIDTH: u32 = 400;
const LEFT: u32 = 170;
const RIGHT_AT: u32 = 202;
const LINE: u32 = 15;
const PADDING: u32 = 8;
const GAP: u32 = 14;
/// Files that are named; more are counted.
const NAMED: usize = 3;

/// A box of lines, the first of them bold.
struct Box<'a> {
    x: u32,
    y: u32,
    width: u32,
    class: &'static str,
    lines: &'a [String],
}

impl Box<'_> {
    fn height(&self) -> u32 {
        self.lines.len() as u32 * LINE + PADDING
    }

    fn middle(&self) -> u32 {
        self.y + self.height() / 2
    }

    fn draw(&self) -> Markup {
        let place = [self.x, self.y, self.width, self.height()].map(|at| at.to_string());
        let [x, y, width, height] = &place;
        let shape = [("class", self.class), ("x", x), ("y", y), ("width", width), ("height", height), ("rx", "3")];
        let text = self.lines.iter().zip(1..).map(|(line, place)| {
            let (x, y) = ((self.x + PADDING).to_string(), (self.y + place * LINE).to_string());
            let (weight, percent) = if place == 1 { ("first", 115) } else { ("next", 100) };
            let room = (self.width - PADDING - PADDING / 2) * 1_000 / percent;
            Markup::element("text", &[("x", &x), ("y", &y), ("class", weight)], Markup::text(&cut(line, room)))
        });
        let text: Markup = text.collect();
        Markup::element("g", &[], Markup::element("rect", &shape, Markup::none()).and(text))
    }
}

pub(super) fn flow(dataset: &ManifestDataset, manifest: &Manifest) -> Markup {
    let outputs: Vec<_> = manifest.outputs.iter().filter(|output| output.dataset == dataset.name).collect();
    let read = [dataset.name.clone(), format!("{} read", rows(dataset.rows_in))];
    let withheld = withheld(dataset);
    let mut went_on = vec!["Went on".to_owned(), rows(dataset.rows_out)];
    went_on.extend(dataset.people.map(|count| format!("about {}", people(count))));
    let left = left(&outputs, manifest.dry_run);

    let read = Box { x: 1, y: 1, width: LEFT, class: "in", lines: &read };
    let out = Box { x: RIGHT_AT, y: 1, width: WIDTH - RIGHT_AT - 1, class: "out", lines: &withheld };
    let below = out.height().max(read.height()) + GAP + 1;
    let went_on = Box { x: 1, y: below, width: LEFT, class: "on", lines: &went_on };
    let left = Box { x: RIGHT_AT, y: below, width: WIDTH - RIGHT_AT - 1, class: "left", lines: &left };
    let height = below + went_on.height().max(left.height()) + 1;

    let lines = [
        arrow(LEFT + 1, read.middle(), RIGHT_AT, read.middle()),
        arrow(LEFT / 2, read.y + read.height(), LEFT / 2, below),
        arrow(LEFT + 1, went_on.middle(), RIGHT_AT, went_on.middle()),
    ];
    let boxes = [&read, &out, &went_on, &left].map(Box::draw);
    let says = boxes_in_words(&[&read, &out, &went_on, &left]);
    let view = format!("0 0 {WIDTH} {height}");
    let attributes = [("viewBox", view.as_str()), ("role", "img"), ("aria-label", &says)];
    Markup::element("svg", &attributes, lines.into_iter().chain(boxes).collect())
}

/// What a screen reader says in place of the drawing.
fn boxes_in_words(boxes: &[&Box<'_>]) -> String {
    let sentences: Vec<_> = boxes.iter().map(|drawn| drawn.lines.join(", ")).collect();
    format!("{}.", sentences.join(". "))
}

fn withheld(dataset: &ManifestDataset) -> Vec<String> {
    let of_people = dataset.opted_out + dataset.invalid + dataset.refused;
    let mut lines = vec![format!("{} left out", number(dataset.filtered + of_people))];
    lines.push(format!("{} by row filters", number(dataset.filtered)));
    if dataset.person_level {
        lines.push(format!("{} opted out", number(dataset.opted_out)));
        lines.push(format!("{} no valid number", number(dataset.invalid)));
        lines.push(format!("{} never checked", number(dataset.refused)));
    }
    lines
}

fn left(outputs: &[&ManifestOutput], dry_run: bool) -> Vec<String> {
    let verb = if dry_run { "would leave" } else { "left" };
    let mut lines = vec![match outputs.len() {
        0 => format!("Nothing {verb}"),
        1 => format!("1 file {verb}"),
        many => format!("{many} files {verb}"),
    }];
    for output in outputs.iter().take(NAMED) {
        lines.push(output.file.clone());
        match &output.disclosure {
            None => lines.push(rows(output.summary.rows)),
            Some(cells) => {
                lines.push(counted(cells.cells_published, "count shown", "counts shown"));
                lines.push(counted(cells.cells_hidden, "count hidden", "counts hidden"));
            }
        }
    }
    if outputs.len() > NAMED {
        lines.push(format!("and {} more", outputs.len() - NAMED));
    }
    lines
}

/// A line with a head at its end, to the right or down.
fn arrow(x: u32, y: u32, to_x: u32, to_y: u32) -> Markup {
    let ends = [x, y, to_x, to_y].map(|at| at.to_string());
    let line = [("x1", ends[0].as_str()), ("y1", &ends[1]), ("x2", &ends[2]), ("y2", &ends[3]), ("class", "arrow")];
    let head = if x == to_x {
        format!("{to_x},{to_y} {},{} {},{}", to_x - 4, to_y - 7, to_x + 4, to_y - 7)
    } else {
        format!("{to_x},{to_y} {},{} {},{}", to_x - 7, to_y - 4, to_x - 7, to_y + 4)
    };
    let head = Markup::element("polygon", &[("points", &head), ("class", "head")], Markup::none());
    Markup::element("line", &line, Markup::none()).and(head)
}

/// Long names are cut in the drawing, to so many tenths of a unit; the table has them whole.
fn cut(line: &str, room: u32) -> String {
    if line.chars().map(tenths).sum::<u32>() <= room {
        return line.to_owned();
    }
    let mut left = room.saturating_sub(tenths('…'));
    let fits = |character: &char| {
        let fits = tenths(*character) <= left;
        left = left.saturating_sub(tenths(*character));
        fits
    };
    line.chars().take_while(fits).chain(['…']).collect()
}

/// How wide a character is at 12 units, in a font that is wider than most.
const fn tenths(character: char) -> u32 {
    match character {
        ' ' | ',' | '.' | '-' | 'f' | 'i' | 'j' | 'l' | 'r' | 't' => 50,
        'A'..='L' | 'N'..='V' | 'X'..='Z' => 95,
        'a'..='l' | 'n'..='v' | 'x'..='z' | '0'..='9' | '_' => 76,
        _ => 120,
    }
}
