//! The caps of what an edge is sent, each with the reason for its value. What bounds a form, and is
//! known to the one function that reads it (a date, a temperature), stands there.

/// Body of `POST /v1/chat`, in bytes. `useChat` sends its whole history along, of which only the
/// last message is read; a client whose history grows past this sends the last message alone.
pub const CHAT_BODY_BYTES: usize = 256 * 1024;

/// Body of a small request, in bytes: of what visitors send all but messages (`/v1/sessions`,
/// `/v1/sessions/refresh`, `/v1/chat/stop`, `/v1/consent`, `/v1/restriction`, `/v1/review`,
/// `/v1/erase`), of what operators send a key, a hold and the answer to a review. The longest are a
/// choice with the answer to a challenge and a key's name with every scope; neither comes to 2 KB.
pub const SMALL_BODY_BYTES: usize = 8 * 1024;

/// Body with a site's settings or a new workspace's name, in bytes: settings with every list full stay
/// below it, in any script, and a row holds four times as much.
pub const ADMIN_BODY_BYTES: usize = 512 * 1024;

/// One document, in bytes. A row of a Durable Object holds 2 MB at most, and a document is split
/// into passages that are stored beside it.
pub const DOCUMENT_BYTES: usize = 1024 * 1024;

/// Documents of one site. The full-text index of a site stays small enough to be searched within
/// a visitor's patience.
pub const DOCUMENTS_PER_SITE: usize = 500;

/// Confidential documents of one site together, in bytes. They have no index, so all of them are
/// opened and read for each message; docs/documents.md says what that costs.
pub const CONFIDENTIAL_BYTES_PER_SITE: usize = 1024 * 1024;

/// Values in a site's documents (addresses, phones) that are never hidden, those of the newest
/// documents first: as many as a policy has room for beside the ones in the settings.
pub const DOCUMENT_VALUES: usize = 400;

/// Passages of a document that are named as odd: whoever reads that many knows enough of it.
pub const FLAGGED_PASSAGES: usize = 50;

/// Name of a document in its URL, in characters.
pub const DOCUMENT_NAME_CHARS: usize = 120;

/// One message of a visitor, in Unicode scalar values: two printed pages.
pub const MESSAGE_CHARS: usize = 4_000;

/// The same message in bytes, checked before its characters are counted (UTF-8 takes at most
/// four bytes for one).
pub const MESSAGE_BYTES: usize = 4 * MESSAGE_CHARS;

/// Text parts of a message that are joined; more are no message of a person.
pub const MESSAGE_PARTS: usize = 100;

/// Body of `PATCH /v1/conversation/messages/{id}`, in bytes: one message with every character
/// escaped, which takes twelve bytes outside the Basic Multilingual Plane.
pub const MESSAGE_BODY_BYTES: usize = 12 * MESSAGE_CHARS + 1024;

/// Messages in one conversation, both sides counted. A longer talk starts a new conversation, so
/// that a copy and an erasure stay one small act.
pub const MESSAGES_PER_CONVERSATION: usize = 400;

/// One reply of a model, in bytes. A model that goes on is cut off and marked as such.
pub const REPLY_BYTES: usize = 64 * 1024;

/// A message id chosen by a client, in characters: a ULID, a UUID and a nanoid all fit.
pub const MESSAGE_ID_CHARS: usize = 64;

/// An `Origin` header, in bytes: the longest host name is 253 bytes.
pub const ORIGIN_BYTES: usize = 300;

/// Origins of one site: production, staging, previews and a developer's machine.
pub const ORIGINS_PER_SITE: usize = 20;

/// Sites of one workspace. The site's number is two bytes of its key.
pub const SITES_PER_WORKSPACE: usize = 1_000;

/// A name of a workspace, site, controller or recipient, in characters.
pub const NAME_CHARS: usize = 120;

/// A URL in settings, in bytes.
pub const URL_BYTES: usize = 500;

/// A longer text in settings (greeting, starter), in characters.
pub const TEXT_CHARS: usize = 300;

/// A site's system prompt, in characters.
pub const SYSTEM_PROMPT_CHARS: usize = 8_000;

/// Fewest tokens that a site may allow a turn beside its own words to the model: our rules and a
/// short question have about one thousand, and a reply needs some.
pub const TOKENS_PER_TURN_MIN: u32 = 2_000;

/// Starters of one language: more would fill a phone's screen.
pub const STARTERS: usize = 6;

/// Languages for which a site brings texts of its own.
pub const LANGUAGES_PER_SITE: usize = 40;

/// Providers that may write for the first one: each may keep a visitor waiting.
pub const FALLBACKS: usize = 4;

/// Tokens that a provider can be allowed for a reply: at four bytes a token the longest one
/// ([`REPLY_BYTES`]) takes half of them, and the other half is for thoughts.
pub const OUTPUT_TOKENS: u32 = 32_768;

/// A provider's key, in bytes: a token of Microsoft Entra has some two thousand.
pub const PROVIDER_KEY_BYTES: usize = 4_096;

/// Recipients that a notice names.
pub const RECIPIENTS: usize = 20;

/// Values of a site that are never hidden (its own address, its own phone).
pub const EXEMPT_VALUES: usize = 50;

/// Hosts that a site's replies may link to.
pub const LINK_HOSTS: usize = 50;

/// How long browsers and the edge may go by a site's public settings before they ask again, in
/// seconds: a change is in effect everywhere within a minute, and a busy site is asked rarely.
pub const SETTINGS_SECONDS: u64 = 60;

/// Words of placeholders that a site switches off: more than there are.
pub const SCRUB_OFF: usize = 64;

/// Patterns of one site: each is tried at the start of every word of every message.
pub const SCRUB_PATTERNS: usize = 16;

/// Characters that one pattern may take of a text: no customer number is longer, and the time for
/// one place is bounded by it.
pub const SCRUB_PATTERN_TAKES: usize = 64;

/// One pattern as it is written, in bytes: 64 signs, each with how often it may come, and a check.
pub const SCRUB_PATTERN_BYTES: usize = 600;

/// A language tag (BCP 47), in bytes: the longest tag in use is 35.
pub const LANGUAGE_TAG_BYTES: usize = 35;

/// Life of an access token, in seconds. Promise 5 states it.
pub const ACCESS_TOKEN_SECONDS: u64 = 15 * 60;

/// Within this time, in seconds, the same rotation of a refresh token is answered again with the
/// same successor, so that a lost reply does not log a visitor out.
pub const ROTATION_GRACE_SECONDS: u64 = 30;

/// New tokens for one conversation within a minute: a device that wavers between two networks asks
/// at each change.
pub const REFRESHES_PER_MINUTE: u32 = 10;

/// New tokens for one conversation within an hour: four are what a visitor needs who stays where
/// they are; the rest is for a journey.
pub const REFRESHES_PER_HOUR: u32 = 60;

/// Replies taken up and stopped, and what a client resumes with, together within a minute: a lost
/// connection is taken up seven times, and a reload of the page asks for what is stored.
pub const LOOKS_PER_MINUTE: u32 = 60;

/// Signed copies of one conversation within a minute: one in each format, and many that were lost.
pub const EXPORTS_PER_MINUTE: u32 = 20;

/// Signed copies of one conversation within a day: each is an entry of its workspace's audit log,
/// which is kept for seven years, so a script must not write there without end.
pub const EXPORTS_PER_DAY: u32 = 50;

/// Changes by a visitor within a minute (consent, messages corrected or removed, restriction, a
/// review asked for): faster than a person clicks.
pub const CHANGES_PER_MINUTE: u32 = 30;

/// The same within a day: as many as removing half of a full conversation message by message. Each
/// is an entry of the audit log like an export. What takes a consent back is not counted.
pub const CHANGES_PER_DAY: u32 = 200;

/// Acts of consent in one conversation: a hundred changes of mind. After that nothing more is given
/// in it; taking back stays possible, and comes to an end by itself.
pub const CONSENT_ACTS: usize = 200;

/// Refresh and erase tokens of one conversation whose secret does not fit, within an hour. They
/// cannot be guessed; what is saved is the work of refusing them.
pub const WRONG_SECRETS_PER_HOUR: u32 = 20;

/// Idle life of a refresh token unless the site says otherwise, in seconds: one day.
pub const IDLE_SECONDS_DEFAULT: u64 = 24 * 3_600;

/// Retention of a conversation unless the site says otherwise, in seconds: thirty days.
pub const RETENTION_SECONDS_DEFAULT: u64 = 30 * 24 * 3_600;

/// Longest life of a conversation and its refresh tokens, whatever is said, unless the site says
/// otherwise, in seconds: thirty days.
pub const ABSOLUTE_SECONDS_DEFAULT: u64 = RETENTION_SECONDS_DEFAULT;

/// Shortest idle, absolute life and retention outside development, in seconds: one hour.
pub const LIFETIME_SECONDS_MIN: u64 = 3_600;

/// Longest idle, absolute life and retention, in seconds: 400 days, the span that browsers allow a
/// cookie.
pub const LIFETIME_SECONDS_MAX: u64 = 400 * 24 * 3_600;

/// API keys of one workspace: each admin call is compared with all of them.
pub const API_KEYS_PER_WORKSPACE: usize = 100;

/// Shortest life of an API key, in seconds: one run of a script.
pub const API_KEY_SECONDS_MIN: u64 = 60;

/// Life of an API key unless its maker says otherwise, in seconds: ninety days.
pub const API_KEY_SECONDS_DEFAULT: u64 = 90 * 24 * 3_600;

/// Longest life of an API key, in seconds: a year and a month to replace it in.
pub const API_KEY_SECONDS_MAX: u64 = 400 * 24 * 3_600;

/// A tombstone's own life, in seconds: as long as the longest retention, so that an erase token
/// gets its receipt for as long as the conversation could have lived.
pub const TOMBSTONE_SECONDS: u64 = LIFETIME_SECONDS_MAX;

/// Longest legal hold, in seconds from the day on which it is ordered: as long as the longest life,
/// after which somebody has to decide again.
pub const HOLD_SECONDS_MAX: u64 = LIFETIME_SECONDS_MAX;

/// How long a site's daily figures are kept, in days: a year can be compared with the one before.
pub const COUNTS_DAYS: u64 = 400;

/// A daily figure that stands for fewer conversations than this is not shown: it could be about one.
pub const COUNTED_LEAST: u64 = 5;

/// How long the platform's recovery history may hold what was erased, in days. A receipt says so.
pub const RECOVERY_DAYS: u32 = 30;

/// For how many days the proof of a consent can outlive its conversation, at most: as long as the
/// tombstone that holds it.
pub const CONSENT_PROOF_DAYS_MAX: u32 = 400;

/// Longest time, in seconds, that a client can say a notice was on the screen: a day. A page that
/// was left open for longer says no more by it.
pub const NOTICE_SHOWN_SECONDS_MAX: u32 = 24 * 3_600;

/// Version of the client in a consent's source, in bytes: a semantic version with a build's name.
pub const CLIENT_VERSION_BYTES: usize = 40;

/// A signed document that is to be verified, in bytes: receipts have 4 KB, and a copy of a usual
/// conversation stays below this. Longer ones are verified by the command.
pub const SIGNED_DOCUMENT_BYTES: usize = 1024 * 1024;

/// Nesting of JSON that [`crate::json`] reads: the wire nests to five.
pub const JSON_DEPTH: usize = 16;

/// One line of an event stream, in bytes: a reply resumed as one delta, escaped, still fits.
pub const SSE_LINE_BYTES: usize = 512 * 1024;

/// Life of a challenge, in seconds: a slow phone solves it in the background meanwhile, and what was
/// solved is not remembered for longer.
pub const CHALLENGE_SECONDS: u64 = 300;

/// Zero bits that a challenge asks for at least: a phone of the slow kind tries 200,000 numbers a
/// second, so it waits for two thirds of a second on average.
pub const CHALLENGE_BITS: u8 = 17;

/// Bits that are added at most while many conversations begin: each doubles the work, so a slow
/// phone then waits for five seconds on average.
pub const CHALLENGE_BITS_MORE: u8 = 3;

/// For how many minutes many beginnings are remembered: a flood that pauses is asked on.
pub const CHALLENGE_MINUTES: u64 = 10;

/// Calls with one API key within a minute: what two networks may make at their own limit
/// (`LIMIT_ADMIN` in wrangler.toml) and half as much again, so it bounds a key that many use at once.
pub const ADMIN_CALLS_PER_MINUTE: u32 = 300;

/// New conversations of a workspace within a minute, all sites together: each asks the one object of
/// the workspace, which serves some hundreds a second.
pub const WORKSPACE_SESSIONS_PER_MINUTE: u32 = 12_000;

/// New conversations of a workspace within a day: a list of that many, kept for thirty days, is a
/// tenth of what a database of an object holds.
pub const WORKSPACE_SESSIONS_PER_DAY: u32 = 200_000;

/// Messages of a workspace within a day: a tenth of what its object could serve without a pause.
pub const WORKSPACE_MESSAGES_PER_DAY: u32 = 2_000_000;

/// Entries on one page of an export of the audit log: about a megabyte, which an object holds in
/// memory at once.
pub const AUDIT_PAGE: u32 = 2_000;

/// What anyone can bring about without a key (a wrong API key, a wrong erase token) is recorded in
/// the audit log once in this time, in seconds, so that strangers cannot fill a workspace's storage.
pub const AUDIT_QUIET_SECONDS: u64 = 60;
