//! Seeded tables: nested areas by age by sex, counts as skewed as in practice. Whole-number arithmetic only, so a name
//! stands for the same table on every machine.

use super::instance::{Instance, Tree};
use std::collections::HashMap;
use std::path::Path;

/// The number of categories of each level below the total, for each dimension, and of the second hierarchy of the first.
struct Shape {
    name: &'static str,
    levels: &'static [&'static [usize]],
    second: Option<usize>,
}

const SHAPES: [Shape; 9] = [
    Shape { name: "two_way_1e3", levels: &[&[6, 40], &[4, 16]], second: None },
    Shape { name: "two_way_1e4", levels: &[&[6, 40, 420], &[4, 16]], second: None },
    Shape { name: "two_way_1e5", levels: &[&[6, 40, 1250, 3600], &[4, 16]], second: None },
    Shape { name: "three_way_1e3", levels: &[&[6, 40], &[2, 6], &[2]], second: None },
    Shape { name: "three_way_1e4", levels: &[&[6, 40, 210], &[3, 9], &[2]], second: None },
    Shape { name: "three_way_1e5", levels: &[&[6, 40, 1250], &[5, 20], &[2]], second: None },
    Shape { name: "three_way_1e6", levels: &[&[6, 40, 1250, 6000], &[5, 28], &[3]], second: None },
    Shape { name: "overlap_1e3", levels: &[&[6, 40], &[4, 16]], second: Some(9) },
    Shape { name: "overlap_1e4", levels: &[&[6, 40, 420], &[4, 16]], second: Some(21) },
];

/// The names of all tables that can be made.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|shape| shape.name).chain(["ae_breaches"])
}

/// The table of that name.
pub(crate) fn make(name: &str) -> Instance {
    match SHAPES.iter().position(|shape| shape.name == name) {
        Some(number) => generated(&SHAPES[number], number as u64),
        None => breaches(),
    }
}

fn generated(shape: &Shape, seed: u64) -> Instance {
    let mut random = Random(seed);
    let mut trees: Vec<Vec<Tree>> = Vec::new();
    let mut leaves: Vec<Vec<String>> = Vec::new();
    for (number, levels) in shape.levels.iter().enumerate() {
        let mut above = vec!["Total".to_owned()];
        let mut tree = Tree::new();
        for (level, &size) in levels.iter().enumerate() {
            let here: Vec<String> =
                (0..size).map(|place| format!("{}{level}_{place}", (b'a' + number as u8) as char)).collect();
            // The first ones make sure that everybody has a part, the others go anywhere.
            let parent =
                |place: usize, random: &mut Random| if place < above.len() { place } else { random.below(above.len()) };
            tree.extend(
                here.iter()
                    .enumerate()
                    .map(|(place, child)| (above[parent(place, &mut random)].clone(), child.clone())),
            );
            above = here;
        }
        trees.push(vec![tree]);
        leaves.push(above);
    }
    if let Some(others) = shape.second {
        let area = |place: usize| format!("z{place}");
        let mut tree: Tree = (0..others).map(|place| ("Total".to_owned(), area(place))).collect();
        let parent = |place: usize, random: &mut Random| if place < others { place } else { random.below(others) };
        tree.extend(leaves[0].iter().enumerate().map(|(place, leaf)| (area(parent(place, &mut random)), leaf.clone())));
        trees[0].push(tree);
    }
    let sizes: Vec<Vec<u64>> = leaves.iter().map(|leaves| leaves.iter().map(|_| random.size()).collect()).collect();
    let mut keys: Vec<Vec<usize>> = vec![Vec::new()];
    for of in &leaves {
        keys = keys.iter().flat_map(|key| (0..of.len()).map(move |leaf| [key.as_slice(), &[leaf]].concat())).collect();
    }
    let weights: Vec<u128> = keys
        .iter()
        .map(|key| {
            key.iter().zip(&sizes).map(|(&leaf, of)| u128::from(of[leaf])).product::<u128>() * u128::from(random.size())
        })
        .collect();
    let luck: Vec<u128> = weights.iter().map(|_| random.below(1_000_000) as u128).collect();
    let counts = |scale: u128| -> Vec<i64> {
        // The fraction of a person left over is decided by luck.
        let count = |(weight, luck): (&u128, &u128)| (weight * 1_000_000 / scale + luck) / 1_000_000;
        weights.iter().zip(&luck).map(|pair| i64::try_from(count(pair)).expect("a count")).collect()
    };
    let instance = |counts: Vec<i64>| {
        let label = |key: &[usize]| key.iter().zip(&leaves).map(|(&leaf, of)| of[leaf].clone()).collect();
        let inner = keys.iter().zip(counts).map(|(key, count)| (label(key), count)).collect();
        Instance { name: shape.name.to_owned(), trees: trees.clone(), inner }
    };
    // The smallest population in a row of growing scales that leaves at most 17.5 % of all cells from 1 to 4.
    let mean = weights.iter().sum::<u128>() / weights.len() as u128;
    let mut scale = mean / 4;
    loop {
        let made = instance(counts(scale.max(1)));
        let (system, all) = made.system();
        let small = all.iter().filter(|count| (1..5).contains(*count)).count();
        if small * 1_000 <= system.cells() * 175 || scale <= 1 {
            return made;
        }
        scale = scale * 5 / 6;
    }
}

/// Patients who waited more than four hours: organisation by type by month, as published.
fn breaches() -> Instance {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python/nhs_ig/demo_data/ae_attendances.csv");
    let text = std::fs::read_to_string(file).expect("the table of attendances");
    let mut counts: HashMap<Vec<String>, i64> = HashMap::new();
    let mut keys: Vec<Vec<String>> = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').map(|field| field.trim_matches('"')).collect();
        let key = vec![format!("org {}", fields[1]), format!("type {}", fields[2]), fields[0].to_owned()];
        let count = counts.entry(key.clone()).or_insert_with(|| {
            keys.push(key);
            0
        });
        *count += fields[4].parse::<i64>().expect("a count");
    }
    let tree = |place: usize| -> Vec<Tree> {
        let mut labels: Vec<&String> = keys.iter().map(|key| &key[place]).collect();
        labels.sort_unstable();
        labels.dedup();
        vec![labels.into_iter().map(|label| ("Total".to_owned(), label.clone())).collect()]
    };
    let trees = (0..3).map(tree).collect();
    let inner = keys.into_iter().map(|key| (key.clone(), counts[&key])).collect();
    Instance { name: "ae_breaches".to_owned(), trees, inner }
}

/// `SplitMix64` (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * limit as u128) >> 64) as usize
    }

    /// A size with a long tail: most are small, a few some dozen times as large.
    fn size(&mut self) -> u64 {
        10_000 / (100 + self.below(2_000) as u64) + self.below(10) as u64
    }
}
