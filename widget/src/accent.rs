//! The shades of a site's one accent colour, with their contrast corrected.
//!
//! A site may pick any colour. What is written on it, and what is written in it on our surfaces,
//! keeps a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3) all the same.

/// A colour, red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// The shades that the sheet uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shades {
    /// Ground of the visitor's bubbles and of the main button.
    pub(crate) fill: Rgb,
    /// Text on `fill`.
    pub(crate) on_fill: Rgb,
    /// Links and marks on the light surface.
    pub(crate) on_light: Rgb,
    /// Links and marks on the dark surface.
    pub(crate) on_dark: Rgb,
}

const WHITE: Rgb = [255; 3];
const INK: Rgb = [17, 18, 20];
/// The least light of our light grounds and the lightest of our dark ones, as panel.css has them.
const LIGHT_GROUND: Rgb = [0xf1, 0xf2, 0xf3];
const DARK_GROUND: Rgb = [0x2b, 0x2d, 0x31];

/// What a colour is taken for that cannot be read.
const FALLBACK: Rgb = [0x2f, 0x5d, 0x50];

/// Luminance above which a ground looks bright: dark text suits it better than darkening it would.
const BRIGHT: u64 = 400_000;

impl Shades {
    /// The shades of `#rrggbb`.
    pub(crate) fn of(accent: &str) -> Self {
        let accent = parse(accent).unwrap_or(FALLBACK);
        let (fill, on_fill) = if luminance(accent) > BRIGHT {
            (accent, INK)
        } else {
            (corrected(accent, [0; 3], WHITE), WHITE)
        };
        Self {
            fill,
            on_fill,
            on_light: corrected(accent, [0; 3], LIGHT_GROUND),
            on_dark: corrected(accent, WHITE, DARK_GROUND),
        }
    }
}

/// A colour as `#rrggbb`.
pub(crate) fn hex(colour: Rgb) -> String {
    let mut text = String::from("#");
    for part in colour {
        for digit in [part >> 4, part & 15] {
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
    }
    text
}

fn parse(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// Moves `colour` towards `end` in steps of 1/32 until it can be read against `ground`.
fn corrected(colour: Rgb, end: Rgb, ground: Rgb) -> Rgb {
    let mut shade = colour;
    let mut step: u16 = 0;
    while step < 32 && !readable(shade, ground) {
        step += 1;
        for ((part, from), to) in shade.iter_mut().zip(colour).zip(end) {
            let mixed = u16::from(from) * (32 - step) + u16::from(to) * step;
            *part = (mixed / 32) as u8;
        }
    }
    shade
}

/// Whether two colours have a contrast of 4.6 : 1, a little more than is asked for, since
/// [`luminance`] is off by at most half a percent.
fn readable(a: Rgb, b: Rgb) -> bool {
    let (a, b) = (luminance(a) + 50_000, luminance(b) + 50_000);
    a.max(b) * 10 >= a.min(b) * 46
}

/// Relative luminance (WCAG 2.2) in millionths. The power of 2.4 in its definition is replaced by
/// a cubic, so that no floating point library comes along.
fn luminance([red, green, blue]: Rgb) -> u64 {
    let linear = |part: u8| {
        let s = u64::from(part);
        (s * 12_523 * 255 * 255 + s * s * 682_171 * 255 + s * s * s * 305_306) / (255 * 255 * 255)
    };
    (linear(red) * 2_126 + linear(green) * 7_152 + linear(blue) * 722) / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast as WCAG defines it.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let luminance = |colour: Rgb| {
            let linear = |part: u8| {
                let s = f64::from(part) / 255.0;
                if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_accent_can_be_read() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let accent = [red, green, blue];
                    let shades = Shades::of(&hex(accent));
                    assert!(contrast(shades.fill, shades.on_fill) >= 4.5, "{accent:?}");
                    assert!(contrast(shades.on_light, LIGHT_GROUND) >= 4.5, "{accent:?}");
                    assert!(contrast(shades.on_dark, DARK_GROUND) >= 4.5, "{accent:?}");
                }
            }
        }
    }

    #[test]
    fn a_good_accent_is_left_alone_and_an_unreadable_one_replaced() {
        assert_eq!(hex(Shades::of("#2f5d50").fill), "#2f5d50");
        assert_eq!(Shades::of("red; }"), Shades::of("#2f5d50"));
        assert_eq!(hex(Shades::of("#ffe000").fill), "#ffe000");
    }
}
