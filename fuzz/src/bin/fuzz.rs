//! Runs one target under libFuzzer, which has its own `main`. `CUTROOM_FUZZ_TARGET` is the name of
//! the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    use std::sync::OnceLock;
    static TARGET: OnceLock<&cutroom_fuzz::Target> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("CUTROOM_FUZZ_TARGET").unwrap_or_default();
        cutroom_fuzz::TARGETS
            .iter()
            .find(|t| t.name == name)
            .unwrap_or_else(|| panic!("CUTROOM_FUZZ_TARGET names no target: \"{name}\""))
    });
    (target.check)(bytes);
});
