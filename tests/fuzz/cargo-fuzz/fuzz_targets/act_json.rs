#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ig_fuzz::act_json(data);
});
