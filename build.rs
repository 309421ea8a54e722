//! Links the program small: functions that are compiled to the same instructions are kept once, since
//! nobody compares their addresses, and the list of what the loader has to adjust is packed. Only
//! Rust's own linker for this target can do that.

use std::env;
use std::process::Command;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script in variables for which machine it builds"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_linked_by_lld = is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_ENV", "gnu");
    if !is("PROFILE", "release") || !is_linked_by_lld {
        return;
    }
    println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    let is_for_this_machine = env::var("HOST").ok() == env::var("TARGET").ok();
    if is_for_this_machine && loads_packed_programs() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Whether the loader of this machine reads the packed list: glibc's does from 2.36 on. A program that
/// was linked with an older glibc runs with it, so it must not be packed.
fn loads_packed_programs() -> bool {
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = asked.ok().and_then(|told| {
        let told = String::from_utf8(told.stdout).ok()?;
        let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    });
    version.is_some_and(|version| version >= (2, 36))
}
