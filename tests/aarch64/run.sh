#!/usr/bin/env bash
# Compiles ig-hmac for 64-bit ARM and runs its paths in the user-mode emulator. Not part of the two commands: it needs
# Debian's packages rustc-web, libstd-rust-web-dev:arm64, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user
# (first: dpkg --add-architecture arm64), or any Rust with this target and RUSTC set to it.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RUSTC="${RUSTC:-/usr/bin/rustc}"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
cargo run -p ig-hmac --example every_path --target aarch64-unknown-linux-gnu --target-dir target/aarch64
