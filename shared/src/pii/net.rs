//! Addresses of machines: IPv4, IPv6, MAC, and URLs.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{BREAK, byte, byte_before, is_letter, is_word};
use super::view::View;

/// The longest IPv6 address, with IPv4 at its end, has 45 characters.
const MAX_IP: usize = 48;

const MAX_URL: usize = 350;

fn candidate(start: usize, end: usize, category: Category) -> Option<Candidate> {
    Some(Candidate {
        start,
        end,
        category,
        certainty: Certainty::Certain,
        reason: Reason::Structure,
    })
}

/// Finds the IPv4 address whose first digit is at `at`.
pub(super) fn find_ip4(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let before = byte_before(bytes, at);
    // Not in a longer row of numbers, and not the version in a path.
    let is_inside = is_word(before)
        || matches!(before, b'.' | b'-' | b'_' | b':') && is_word(byte(bytes, at.wrapping_sub(2)));
    let is_labelled = before == b':' && is_letter(byte(bytes, at.wrapping_sub(2)));
    if at < from || is_inside && !is_labelled {
        return None;
    }
    let end = ip4_end(bytes, at)?;
    match cue::before(bytes, at) {
        Cue::Version | Cue::Tax | Cue::Social | Cue::Phone => None,
        _ => candidate(at, network_end(bytes, end), Category::Ip),
    }
}

/// The end of `/24` or of the zone `%eth0` behind an address.
fn network_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    match byte(bytes, at) {
        b'/' => {
            while end < at + 4 && byte(bytes, end).is_ascii_digit() {
                end += 1;
            }
        }
        b'%' => {
            while end < at + 16 && byte(bytes, end).is_ascii_alphanumeric() {
                end += 1;
            }
        }
        _ => {}
    }
    if end > at + 1 && !is_word(byte(bytes, end)) { end } else { at }
}

/// Four octets with dots between them.
fn ip4_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for octet in 0..4 {
        let start = end;
        let mut value = 0;
        while end < start + 3 && byte(bytes, end).is_ascii_digit() {
            value = value * 10 + u32::from(byte(bytes, end) - b'0');
            end += 1;
        }
        let has_zero = end - start > 1 && byte(bytes, start) == b'0';
        if end == start || value > 255 || has_zero {
            return None;
        }
        if octet < 3 {
            if byte(bytes, end) != b'.' {
                return None;
            }
            end += 1;
        }
    }
    let next = byte(bytes, end);
    let goes_on = is_word(next) || next == b'.' && byte(bytes, end + 1).is_ascii_digit();
    (!goes_on).then_some(end)
}

/// Finds the IPv6 or MAC address whose first colon is at `at`.
pub(super) fn find_colon(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let start = hex_start(bytes, at, from)?;
    mac_end(bytes, start, b':').and_then(|end| candidate(start, end, Category::Mac)).or_else(|| {
        ip6_end(bytes, start)
            .and_then(|end| candidate(start, network_end(bytes, end), Category::Ip))
    })
}

/// Finds the MAC address whose first hyphen is at `at`.
pub(super) fn find_hyphen(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    if byte(bytes, at + 3) != b'-' {
        return None;
    }
    let start = hex_start(bytes, at, from)?;
    mac_end(bytes, start, b'-').and_then(|end| candidate(start, end, Category::Mac))
}

/// The start of the hexadecimal group before the first joint.
fn hex_start(bytes: &[u8], at: usize, from: usize) -> Option<usize> {
    let mut start = at;
    while start > from && at - start < 5 && byte_before(bytes, start).is_ascii_hexdigit() {
        start -= 1;
    }
    let before = byte_before(bytes, start);
    let is_inside = at - start > 4 || is_word(before) || matches!(before, b':' | b'.' | b'-');
    (!is_inside && start >= from).then_some(start)
}

fn mac_end(bytes: &[u8], start: usize, joint: u8) -> Option<usize> {
    let mut sum = 0_u32;
    for pair in 0..6 {
        let at = start + pair * 3;
        for place in [at, at + 1] {
            sum += (byte(bytes, place) as char).to_digit(16)?;
        }
        let next = byte(bytes, at + 2);
        let fits = if pair < 5 { next == joint } else { !is_word(next) && next != joint };
        if !fits {
            return None;
        }
    }
    // All zeros and all ones are nobody's.
    (sum > 0 && sum < 12 * 15).then_some(start + 17)
}

fn ip6_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut groups = 0;
    let mut gap = false;
    let mut digits = 0;
    while at < start + MAX_IP {
        let group = at;
        while at < group + 5 && byte(bytes, at).is_ascii_hexdigit() {
            at += 1;
        }
        let size = at - group;
        digits += size;
        if size > 0
            && byte(bytes, at) == b'.'
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
    (is_whole && !is_word(byte(bytes, at))).then_some(at)
}

/// Top-level domains that are believed without a scheme. Sorted; most hosts end in one of them.
#[rustfmt::skip]
static TOP_LEVEL: &[&[u8]] = &[
    b"ai", b"app", b"at", b"au", b"be", b"bg", b"biz", b"br", b"ca", b"ch", b"cloud", b"cn", b"co",
    b"com", b"cz", b"de", b"dev", b"dk", b"edu", b"ee", b"es", b"eu", b"fi", b"fr", b"gov", b"gr",
    b"hr", b"hu", b"ie", b"in", b"info", b"int", b"io", b"is", b"it", b"jp", b"kr", b"lt", b"lu",
    b"lv", b"me", b"mil", b"mx", b"net", b"nl", b"no", b"nz", b"online", b"org", b"pl", b"pt",
    b"ro", b"rs", b"ru", b"se", b"shop", b"si", b"site", b"sk", b"store", b"tech", b"tr", b"tv",
    b"ua", b"uk", b"us", b"xyz", b"za",
];

/// Finds the URL around the dot at `at`, the first of its host.
pub(super) fn find_url(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let floor = at.saturating_sub(MAX_URL / 2).max(from);
    let mut start = at;
    while start > floor && is_host(byte_before(bytes, start)) {
        start -= 1;
        // Only the first dot of a host is asked, so that each host is read once.
        if byte(bytes, start) == b'.' {
            return None;
        }
    }
    let host = start;
    let mut has_scheme = false;
    if start >= from + 3 && bytes.get(start - 3..start) == Some(b"://") {
        start -= 3;
        while start > floor && byte_before(bytes, start).is_ascii_alphabetic() {
            start -= 1;
        }
        has_scheme = true;
    } else if matches!(byte_before(bytes, start), b'@' | b'/' | b'.') {
        return None;
    }
    let mut end = at;
    while end < at + 255 && is_host(byte(bytes, end)) {
        end += 1;
    }
    while end > at && !is_word(byte_before(bytes, end)) {
        end -= 1;
    }
    let name = bytes.get(host..end)?;
    let top = name.rsplit(|byte| *byte == b'.').next()?;
    let is_known = name.first().is_some_and(u8::is_ascii_alphanumeric)
        && TOP_LEVEL.binary_search(&top).is_ok();
    let is_www = name.starts_with(b"www.");
    if !(has_scheme || is_www || is_known) || end <= at + 1 || byte(bytes, end) == b'@' {
        return None;
    }
    // Port, path, query.
    if matches!(byte(bytes, end), b':' | b'/' | b'?' | b'#') {
        while end < host + MAX_URL
            && !matches!(
                byte(bytes, end),
                b' ' | b'\n' | b'\t' | b'\r' | b'"' | b'<' | b'>' | b'[' | b']' | BREAK
            )
        {
            end += 1;
        }
        while matches!(
            byte_before(bytes, end),
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'\''
        ) {
            end -= 1;
        }
    }
    candidate(start, end, Category::Url)
}

fn is_host(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-' | b'_')
}
