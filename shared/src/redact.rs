//! Types that hold texts, tokens or keys print their name and nothing else.

/// Gives each type a `Debug` that says `Name { redacted }`, whatever is in it.
#[macro_export]
macro_rules! redacted_debug {
    ($($name:ident),+ $(,)?) => {$(
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(concat!(stringify!($name), " { redacted }"))
            }
        }
    )+};
}
