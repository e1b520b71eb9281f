//! Order numbers at random, the same ones each time: `My order 4711… is late`.

use anyhow::Result;

use super::cases::Cases;
use super::figure::Figure;
use super::negatives::Alarms;
use crate::pii::random::Random;

/// Numbers of each length.
const NUMBERS: usize = 2_000;

pub(super) fn measure(cases: &Cases<'_>) -> Result<Vec<Figure>> {
    let mut random = Random::new(2_026);
    let mut worst = Alarms::default();
    let mut details = Vec::new();
    for digits in 6..=16 {
        let mut alarms = Alarms::default();
        for _ in 0..NUMBERS {
            let text = format!("My order {} is late", random.digits(digits));
            alarms.read(cases, "order numbers", &text);
        }
        worst = worst.worse(alarms);
        details.extend(alarms.figures(&format!("order numbers of {digits} digits"), 0.02));
    }
    // Each length is to keep the limit, so the table shows the worst one.
    let mut figures: Vec<Figure> =
        worst.figures("order numbers of 6 to 16 digits, the worst length:", 0.02).into();
    figures.extend(details.into_iter().map(Figure::detail));
    Ok(figures)
}
