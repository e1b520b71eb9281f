//! Addresses of machines: IPv4, IPv6, MAC, and URLs.

use super::Category;
use super::cue::{self, Cue};
use super::detect::Candidate;
use super::fold::{byte, byte_before, is_letter, is_word};
use super::run::{Of, is_listed, number, run_end, run_start};
use super::view::View;

/// The longest IPv6 address, with IPv4 at its end, has 45 characters.
const MAX_IP: usize = 48;

const MAX_URL: usize = 350;

/// RFC 1035, 2.3.4.
const MAX_HOST: usize = 255;

/// Finds the IPv4 address whose first digit is at `at`.
pub(super) fn find_ip4(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let (before, beyond) = (byte_before(bytes, at), byte(bytes, at.wrapping_sub(2)));
    let is_inside = match before {
        // A longer row of numbers.
        b'.' | b'-' | b'_' => is_word(beyond),
        b':' => beyond.is_ascii_digit(),
        // The version of a program, `name/1.2.3.4`.
        b'/' => is_letter(beyond),
        _ => is_word(before),
    };
    if at < from || is_inside {
        return None;
    }
    let end = ip4_end(bytes, at)?;
    match cue::before(bytes, at) {
        // Also `§ 4.2.1.3`, whose sign reads `#`.
        Cue::Version => None,
        _ if before == b'#' || before == b' ' && beyond == b'#' => None,
        _ => Some(Candidate::by_form(at, network_end(bytes, end), Category::Ip)),
    }
}

/// The end of `/24` or of the zone `%eth0` behind an address.
fn network_end(bytes: &[u8], at: usize) -> usize {
    let end = match byte(bytes, at) {
        b'/' => run_end(bytes, at + 1, 3, Of::Digits, b""),
        b'%' => run_end(bytes, at + 1, 15, Of::Words, b""),
        _ => at,
    };
    if end > at + 1 && !is_word(byte(bytes, end)) { end } else { at }
}

/// Four octets with dots between them.
fn ip4_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for octet in 0..4 {
        if octet > 0 {
            if byte(bytes, end) != b'.' {
                return None;
            }
            end += 1;
        }
        let (value, size) = number(bytes, end);
        if size == 0 || value > 255 || size > 1 && byte(bytes, end) == b'0' {
            return None;
        }
        end += size;
    }
    is_end(bytes, end).then_some(end)
}

/// Whether an address may end here: no word and no further octet follows.
fn is_end(bytes: &[u8], end: usize) -> bool {
    let next = byte(bytes, end);
    let goes_on = is_word(next) || next == b'.' && byte(bytes, end + 1).is_ascii_digit();
    !goes_on
}

/// Finds what has its first colon at `at`: an IPv6 or MAC address, a URL with a scheme.
pub(super) fn find_colon(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    if byte(bytes, at + 1) == b'/' {
        return url_with_scheme(bytes, at, from);
    }
    find_hyphen(bytes, at, from).or_else(|| {
        let start = hex_start(bytes, at, from)?;
        let end = ip6_end(bytes, start)?;
        Some(Candidate::by_form(start, network_end(bytes, end), Category::Ip))
    })
}

/// Finds the MAC address whose first joint is at `at`.
pub(super) fn find_hyphen(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let joint = byte(bytes, at);
    if byte(bytes, at + 3) != joint {
        return None;
    }
    let start = hex_start(bytes, at, from)?;
    let mut sum = 0_u32;
    for pair in 0..6 {
        let at = start + pair * 3;
        for place in [at, at + 1] {
            sum += (byte(bytes, place) as char).to_digit(16)?;
        }
        let next = byte(bytes, at + 2);
        if if pair < 5 { next != joint } else { is_word(next) || next == joint } {
            return None;
        }
    }
    // All zeros and all ones are nobody's.
    let is_somebodys = sum > 0 && sum < 12 * 15;
    is_somebodys.then(|| Candidate::by_form(start, start + 17, Category::Mac))
}

/// The start of the hexadecimal group before the first joint.
fn hex_start(bytes: &[u8], at: usize, from: usize) -> Option<usize> {
    let start = run_start(bytes, at, at.saturating_sub(5).max(from), Of::Hex, b"");
    let before = byte_before(bytes, start);
    let is_inside = at - start > 4 || is_word(before) || matches!(before, b':' | b'.' | b'-');
    (!is_inside && start >= from).then_some(start)
}

fn ip6_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut groups = 0;
    let mut gap = false;
    let mut digits = 0;
    while at < start + MAX_IP {
        let group = at;
        at = run_end(bytes, at, 5, Of::Hex, b"");
        let size = at - group;
        digits += size;
        if byte(bytes, at) == b'.'
            && (groups > 0 || gap)
            && let Some(end) = ip4_end(bytes, group)
        {
            let is_whole = gap && groups < 6 || groups == 6;
            return is_whole.then_some(end);
        }
        if size > 4 || is_word(byte(bytes, at)) {
            return None;
        }
        groups += usize::from(size > 0);
        if byte(bytes, at) != b':' {
            break;
        }
        if byte(bytes, at + 1) == b':' {
            if gap || byte(bytes, at + 2) == b':' {
                return None;
            }
            gap = true;
            at += 2;
            if !byte(bytes, at).is_ascii_hexdigit() {
                break;
            }
        } else if size == 0 || !byte(bytes, at + 1).is_ascii_hexdigit() {
            break;
        } else {
            at += 1;
        }
    }
    // `::` alone and `a::b` are code, `12::30` a slip.
    let starts_with_gap =
        byte(bytes, start) == b':' && digits > 0 && byte(bytes, start + 2).is_ascii_digit();
    let is_whole = if gap {
        groups <= 7 && (digits > 4 || groups > 2 || starts_with_gap)
    } else {
        groups == 8
    };
    (is_whole && is_end(bytes, at)).then_some(at)
}

/// Top-level domains that are believed without a scheme; most hosts end in one of them.
static TOP_LEVEL: &[u8] = b"ai app at au be bg biz br ca ch cloud cn co com cz de dev dk edu ee es eu \
fi fr gov gr hr hu ie in info int io is it jp kr lt lu lv me mil mx net nl no nz online org pl pt ro \
rs ru se shop si site sk store tech tr tv ua uk us xyz za";

/// Finds the URL without a scheme around the dot at `at`, the first of its host.
pub(super) fn find_url(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    // Only the first dot of a host is asked, so that each host is read once.
    let floor = at.saturating_sub(MAX_URL / 2).max(from);
    let start = run_start(bytes, at, floor, Of::Words, b"-_");
    if matches!(byte_before(bytes, start), b'@' | b'/' | b'.') {
        return None;
    }
    let end = run_end(bytes, at, MAX_HOST, Of::Words, b".-_");
    let end = run_start(bytes, end, at, Of::Signs, b".-_");
    let name = bytes.get(start..end)?;
    let top = name.rsplit(|byte| *byte == b'.').next()?;
    // A small letter: `that.In the` is a sentence.
    let is_known = name.first().is_some_and(u8::is_ascii_alphanumeric)
        && top.first().is_some_and(u8::is_ascii_lowercase)
        && is_listed(top, TOP_LEVEL);
    // `name@host`, `array.at(0)`.
    let is_other = matches!(byte(bytes, end), b'@' | b'(');
    let is_url = (is_known || name.starts_with(b"www.")) && end > at + 1 && !is_other;
    is_url.then(|| Candidate::by_form(start, path_end(bytes, start, end), Category::Url))
}

/// `scheme://host`: any host.
fn url_with_scheme(bytes: &[u8], at: usize, from: usize) -> Option<Candidate> {
    let host = at + 3;
    let start = run_start(bytes, at, at.saturating_sub(16).max(from), Of::Letters, b"");
    let end = run_end(bytes, host, MAX_HOST, Of::AllBut, b" \n\t\r\"<>[]/?#@\x81");
    let is_url = start < at
        && byte(bytes, at + 2) == b'/'
        && is_word(byte(bytes, host))
        && byte(bytes, end) != b'@';
    is_url.then(|| Candidate::by_form(start, path_end(bytes, host, end), Category::Url))
}

/// The end of port, path and query behind `host..end`. Punctuation at the end, and a bracket that
/// was opened before the URL, belong to the sentence.
fn path_end(bytes: &[u8], host: usize, mut end: usize) -> usize {
    if matches!(byte(bytes, end), b':' | b'/' | b'?' | b'#') {
        end = run_end(bytes, end, MAX_URL, Of::AllBut, b" \n\t\r\"<>[]\x81");
    }
    let count = |sign| bytes.iter().take(end).skip(host).filter(|byte| **byte == sign).count();
    let mut opened_before = count(b')').saturating_sub(count(b'('));
    loop {
        match byte_before(bytes, end) {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' => {}
            b')' if opened_before > 0 => opened_before -= 1,
            _ => return end,
        }
        end -= 1;
    }
}
