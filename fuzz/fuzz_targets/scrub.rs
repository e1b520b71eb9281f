#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| sotto_shared::pii::check_promises(text));
