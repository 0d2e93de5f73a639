//! Which instructions do the work.

#[cfg(target_arch = "aarch64")]
use crate::sha_arm as sha_unit;
#[cfg(target_arch = "x86_64")]
use crate::{avx2, avx512, sha_ni as sha_unit};

/// How messages are hashed. Only paths that this processor has can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path(pub(crate) Instructions);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// One message after the other, with whatever `sha2` finds on this processor.
    Portable,
    /// Eight at a time with AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// A few at a time with the SHA instructions of x86-64 or 64-bit ARM; more would spill registers.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    ShaUnit,
    /// Sixteen at a time with AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Path {
    /// The fastest path of this processor.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or(Self(Instructions::Portable))
    }

    /// Every path that this processor has, the fastest last.
    pub fn all() -> Vec<Self> {
        let paths = [
            (Instructions::Portable, true),
            #[cfg(target_arch = "x86_64")]
            (Instructions::Avx2, avx2::is_available()),
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            (Instructions::ShaUnit, sha_unit::is_available()),
            #[cfg(target_arch = "x86_64")]
            (Instructions::Avx512, avx512::is_available()),
        ];
        paths.into_iter().filter(|(_, available)| *available).map(|(path, _)| Self(path)).collect()
    }

    /// Messages that go through together.
    pub(crate) const fn lanes(self) -> usize {
        match self.0 {
            Instructions::Portable => 1,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => avx2::LANES,
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            Instructions::ShaUnit => sha_unit::LANES,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => avx512::LANES,
        }
    }
}
