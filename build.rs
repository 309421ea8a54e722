//! Links the program small: functions that are compiled to the same instructions are kept once,
//! since nobody compares their addresses. Only Rust's own linker for this target can do that.

use std::env;

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
    if is("PROFILE", "release") && is_linked_by_lld {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}
