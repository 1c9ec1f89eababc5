//! Mistakes that do not compile, one for each file of `tests/ui`, and what the compiler says of them.

use std::process::Command;

/// The compiler whose words the `.stderr` files have.
///
/// They hold our own messages amid the compiler's, which change from one version to the next. So they are compared
/// under this version only; under any other, CI included, the test says that it did not look, and the types are what
/// they are all the same. After an update of the toolchain: set this, run with `TRYBUILD=overwrite`, and read the
/// difference.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_are_explained() {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output();
    let version = String::from_utf8(version.expect("a compiler").stdout).expect("a version");
    if !version.starts_with(COMPILER) {
        eprintln!("not compared: the messages are those of {COMPILER}*, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
