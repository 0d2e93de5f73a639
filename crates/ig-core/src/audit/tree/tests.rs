use super::*;

/// The root by the recursive definition of RFC 6962, section 2.1, which keeps all leaves.
fn root_by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        _ => {
            let mut left = 1;
            while left * 2 < leaves.len() {
                left *= 2;
            }
            MerkleTree::node(root_by_definition(&leaves[..left]), root_by_definition(&leaves[left..]))
        }
    }
}

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|leaf| MerkleTree::leaf(&leaf.to_be_bytes())).collect()
}

fn path(mut builder: PathBuilder, leaves: &[Digest]) -> Vec<Digest> {
    for leaf in leaves {
        builder.push(*leaf);
    }
    builder.finish()
}

#[test]
fn the_root_is_that_of_the_definition() {
    let all = leaves(130);
    let mut tree = MerkleTree::default();
    for size in 0..all.len() {
        assert_eq!((tree.size(), tree.root()), (size as u64, root_by_definition(&all[..size])), "{size}");
        assert_eq!(tree.full.len(), size.count_ones() as usize);
        tree.push(all[size]);
    }
}

#[test]
fn every_leaf_of_every_small_tree_is_proved_and_nothing_else_is() {
    let all = leaves(34);
    for size in 1..33_u64 {
        let root = root_by_definition(&all[..size as usize]);
        for index in 0..size {
            // More leaves than the tree has come by: the log has grown since.
            let path = path(PathBuilder::inclusion(index, size), &all);
            let leaf = all[index as usize];
            assert_eq!(check_inclusion(leaf, index, size, &path, root), Ok(()), "{index} of {size}");
            for other in (0..size).filter(|other| *other != index) {
                assert!(check_inclusion(leaf, other, size, &path, root).is_err(), "{index} as {other} of {size}");
            }
            assert!(check_inclusion(all[33], index, size, &path, root).is_err());
            assert!(check_inclusion(leaf, index, size, &path, all[33]).is_err());
            assert!(check_inclusion(leaf, index, size, &[&path[..], &[leaf]].concat(), root).is_err());
            for gone in 0..path.len() {
                let mut shorter = path.clone();
                shorter.remove(gone);
                assert!(check_inclusion(leaf, index, size, &shorter, root).is_err(), "{gone} gone");
            }
        }
        assert_eq!(check_inclusion(all[0], size, size, &[], root).expect_err("range").code(), "audit.proof_range");
    }
    assert_eq!(check_inclusion(all[0], 0, 0, &[], all[0]).expect_err("range").code(), "audit.proof_range");
}

#[test]
fn every_growth_of_small_trees_is_proved_and_nothing_else_is() {
    let all = leaves(34);
    let root = |size: u64| root_by_definition(&all[..size as usize]);
    for newer in 0..33 {
        for older in 0..=newer {
            let path = path(PathBuilder::consistency(older, newer), &all);
            let (old, new) = ((older, root(older)), (newer, root(newer)));
            assert_eq!(check_consistency(old, new, &path), Ok(()), "{older} to {newer}");
            assert!(check_consistency((older, all[33]), new, &path).is_err(), "{older} to {newer}");
            // From nothing, anything can grow: there is no older record that it could leave out.
            assert_eq!(check_consistency(old, (newer, all[33]), &path).is_ok(), older == 0 && newer > 0);
            assert!(check_consistency(old, new, &[&path[..], &[all[33]]].concat()).is_err());
            for gone in 0..path.len() {
                let mut shorter = path.clone();
                shorter.remove(gone);
                assert!(check_consistency(old, new, &shorter).is_err(), "{gone} gone of {older} to {newer}");
            }
            for other in (1..newer).filter(|other| *other != older && older != 0) {
                assert!(check_consistency((other, old.1), new, &path).is_err(), "{other} for {older} of {newer}");
            }
        }
    }
    let turned = check_consistency((3, root(3)), (2, root(2)), &[]).expect_err("turned round");
    assert_eq!(turned.code(), "audit.checkpoint_order");
}

#[test]
fn a_path_is_never_longer_than_the_greatest_tree_is_high() {
    for size in [1 << 53, (1 << 53) - 1, u64::MAX] {
        let builder = PathBuilder::inclusion(size - 1, size);
        assert!(builder.parts.len() <= 64);
        assert!(PathBuilder::consistency(size / 3, size).parts.len() <= 65);
    }
}
