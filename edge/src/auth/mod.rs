//! Tokens and keys: what they look like, and who may make them.
//!
//! | text | what it is | how it is checked |
//! |---|---|---|
//! | `pk_…` | [public key of a site](site_key) | truncated HMAC inside, before an object is woken |
//! | `eyJ…` | [access token](access) of a conversation | HS256, before an object is woken |
//! | `rt_…` | [refresh token](tokens) | CRC here, HMAC in the session object |
//! | `et_…` | [erase token](tokens) | CRC here, keyed hash in the session object |
//! | `sk_…` | [API key](tokens) of a workspace | CRC here, hash in the workspace object |
//!
//! Tokens carry what routes them, so no table stands between a visitor and a tenant. All of them
//! travel in headers and bodies, never in a URL.

pub mod codec;
pub mod mac;
pub mod seal;

pub mod keyring;

pub mod network;

pub mod access;
pub mod challenge;
pub mod site_key;
pub mod tokens;
