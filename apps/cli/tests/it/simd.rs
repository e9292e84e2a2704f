//! A closure that is not inlined is compiled without the instruction set of its caller: its results
//! are right, but 5 to 25 times slower. In the binary, such closures show as wide intrinsics that
//! are functions of their own.
use std::process::Command;

#[test]
fn no_wide_intrinsic_is_called_as_a_function() {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return;
    }
    let out =
        Command::new("nm").args(["-C", env!("CARGO_BIN_EXE_cutroom")]).output().expect("binutils are installed with the linker");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let symbols = String::from_utf8_lossy(&out.stdout);
    // The kernels themselves must be there; otherwise the binary was stripped and the test proves
    // nothing.
    assert!(symbols.contains("cutroom_kernel::lanes::x86::Avx512"), "the binary has no symbols");
    let stray: Vec<&str> = symbols.lines().filter(|l| l.contains("_mm256_") || l.contains("_mm512_")).collect();
    assert!(
        stray.is_empty(),
        "{} intrinsics are not inlined: mark their closure #[inline(always)]\n{}",
        stray.len(),
        stray.join("\n")
    );
}
