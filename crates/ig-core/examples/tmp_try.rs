//! Trial.
use ig_core::suppression::*;
use std::time::Instant;
fn main() {
    let mut state = 12345u64;
    let mut next = move || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
    let mut worst = 0.0f64;
    let mut fails = 0;
    let t00 = Instant::now();
    for round in 0..300 {
        let ways = 1 + next() as usize % 3;
        let sizes: Vec<usize> = (0..ways).map(|_| 2 + next() as usize % 4).collect();
        let cells: usize = sizes.iter().product();
        let counts: Vec<i64> = (0..cells).map(|_| match next() % 4 { 0 => (next() % 3) as i64, 1|2 => 1 + (next() % 5) as i64, _ => 5 + (next() % 60) as i64 }).collect();
        let mut columns = vec![Vec::new(); ways];
        for cell in 0..cells { let mut rest = cell; for (c, s) in columns.iter_mut().zip(&sizes).rev() { c.push(Some(format!("c{}", rest % s))); rest /= s; } }
        let names: Vec<String> = (0..ways).map(|p| format!("d{p}")).collect();
        let table = CountTable::new(names, columns, counts.iter().map(|&c| Some(c)).collect()).unwrap();
        let policy = ["under5", "under10", "acro", "uk_llc"][next() as usize % 4];
        let t0 = Instant::now(); eprintln!("{round} {sizes:?} {policy} {counts:?}");
        let r = suppress(&table, &SuppressionPolicy::preset(policy).unwrap(), &SuppressOptions { margins: Margins::All, ..SuppressOptions::default() });
        let dt = t0.elapsed().as_secs_f64();
        worst = worst.max(dt);
        if dt > 1.0 { println!("{round} {sizes:?} {policy} {dt:.2}s"); }
        if let Err(e) = r { fails += 1; println!("{round} {sizes:?} {policy} {}", e.code()); if fails < 4 { println!("{counts:?}"); } }
    }
    println!("worst {worst:.3} fails {fails} total {:.1}", t00.elapsed().as_secs_f64());
}
