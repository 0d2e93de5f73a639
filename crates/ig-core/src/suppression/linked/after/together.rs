//! A table and its earlier releases as one system, and what is known of its cells.

use crate::error::{Error, Result};
use crate::suppression::audit_table::{AuditTableOptions, shown_in, targets_in};
use crate::suppression::layout::Listed;
use crate::suppression::linked::audit::Known;
use crate::suppression::linked::over_time::{Growth, Releases};
use crate::suppression::marked::Marked;
use crate::suppression::policy::{SuppressionPolicy, Zeros};
use crate::suppression::system::System;
use crate::suppression::table_audit::About;

/// The table and its earlier releases as one system.
pub(super) struct Together {
    pub(super) system: System,
    pub(super) places: Vec<Vec<Option<usize>>>,
    pub(super) about: Vec<About>,
    pub(super) of: Vec<Option<usize>>,
    pub(super) names: Vec<String>,
    pub(super) growths: Vec<Growth>,
}

/// What is known of its cells.
pub(super) struct Facts {
    /// True counts, as far as they are known here.
    pub(super) counts: Vec<Option<i64>>,
    pub(super) listed: Vec<Listed>,
    /// What the earlier releases say, and which cells they hide.
    pub(super) before: Known,
    /// Cells that an earlier release shows.
    pub(super) told: Vec<bool>,
    /// Growths that are small counts.
    pub(super) small: Vec<usize>,
}

impl Together {
    pub(super) fn same(releases: &Releases) -> Self {
        let size = releases.union.system.cells();
        Self {
            system: releases.union.system.clone(),
            places: releases.union.places.clone(),
            about: vec![About::Now; size],
            of: (0..size).map(Some).collect(),
            names: releases.union.names.clone(),
            growths: Vec::new(),
        }
    }

    pub(super) fn grown(releases: &Releases, total_label: &str) -> Result<Self> {
        releases.rows_are_still_listed()?;
        let all = releases.over_time(total_label)?;
        let (system, places, growths) = (all.system, all.places, all.growths);
        Ok(Self { system, places, about: all.about, of: all.of, names: all.names, growths })
    }

    /// Puts the table's own counts beside what the earlier releases say.
    ///
    /// # Errors
    /// `policy.releases_differ`.
    pub(super) fn known(
        &self,
        releases: &Releases,
        cells: &[&[Marked]],
        how: &[AuditTableOptions],
        policy: &SuppressionPolicy,
    ) -> Result<Facts> {
        let size = self.system.cells();
        let mut all = Facts {
            counts: vec![None; size],
            listed: vec![Listed::NotPublished; size],
            before: Known::new(size),
            told: vec![false; size],
            small: Vec::new(),
        };
        let in_place =
            |part: usize| self.places[part].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?)));
        let now = releases.parts[0].layout;
        for (own, cell) in in_place(0) {
            (all.counts[cell], all.listed[cell]) = (now.counts[own], now.listed[own]);
        }
        for (place, (cells, how)) in cells.iter().zip(how).enumerate() {
            let layout = releases.parts[place + 1].layout;
            let (shown, hidden) = (shown_in(layout, cells, how), targets_in(layout, cells));
            for (own, cell) in in_place(place + 1) {
                if layout.listed[own] == Listed::NotPublished {
                    continue;
                }
                let here = (place + 1, own);
                let met = all.before.meet(cell, shown[own], here);
                met.map_err(|first| releases.differ(&[first, here]))?;
                all.before.targets[cell] |= hidden[own];
                all.told[cell] |= !hidden[own];
            }
        }
        self.agree(releases, &mut all)?;
        for growth in &self.growths {
            let known = all.counts[growth.newer].zip(all.counts[growth.older]);
            // Where both counts are known here, so is whether the growth is small.
            all.before.targets[growth.cell] = growth.of_rows && known.is_none();
            let Some(grown) = known.map(|(newer, older)| newer - older) else { continue };
            all.counts[growth.cell] = Some(grown);
            let least = i64::from(policy.zeros() == Zeros::Keep);
            if growth.of_rows && (least..i64::from(policy.threshold())).contains(&grown) {
                all.small.push(growth.cell);
            }
        }
        Ok(all)
    }

    /// Takes over counts that earlier releases alone show, and refuses those that cannot be.
    fn agree(&self, releases: &Releases, all: &mut Facts) -> Result<()> {
        for cell in 0..self.system.cells() {
            let shown = all.before.shown[cell];
            if let Some(count) = all.counts[cell] {
                if count < shown.low() || shown.high().is_some_and(|high| high < count) {
                    return Err(self.differ(releases, &all.before, &[cell]));
                }
            } else if shown.is_one_count() {
                all.counts[cell] = Some(shown.low());
            }
            // A number that stands for a range is audited as one, and not taken for a count.
            all.told[cell] &= all.counts[cell].is_some();
            // What this table lists is asked about by its own count.
            all.before.targets[cell] &= all.listed[cell] == Listed::NotPublished && !shown.is_one_count();
        }
        for growth in &self.growths {
            let before = all.before.shown[growth.older].low();
            let now = [all.counts[growth.newer], all.before.shown[growth.newer].high()].into_iter().flatten().min();
            if now.is_some_and(|now| now < before) {
                return Err(self.differ(releases, &all.before, &[growth.newer, growth.older]));
            }
        }
        let unknown: Vec<bool> = all.counts.iter().map(Option::is_none).collect();
        let counts: Vec<i64> = all.counts.iter().map(|count| count.unwrap_or(0)).collect();
        match self.system.first_broken_of(&counts, &unknown) {
            Some(relation) => {
                let cells: Vec<usize> = self.system.relation(relation).iter().map(|term| term.cell as usize).collect();
                Err(self.differ(releases, &all.before, &cells))
            }
            None => Ok(()),
        }
    }

    /// The error for cells that contradict each other: by their rows in the table, and in the releases.
    pub(super) fn differ(&self, releases: &Releases, known: &Known, cells: &[usize]) -> Error {
        let now = self.places[0].iter().enumerate().filter(|(_, cell)| cell.is_some_and(|cell| cells.contains(&cell)));
        let now: Vec<(usize, usize)> = now.map(|(own, _)| (0, own)).collect();
        let before = cells.iter().filter_map(|&cell| known.from[cell]);
        let owners: Vec<(usize, usize)> = before.chain(now).collect();
        releases.differ(&owners)
    }
}
