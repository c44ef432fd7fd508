//! Name resolution under the rules: the connection is made to the addresses that were checked, never to a second
//! answer (DNS rebinding).

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// A name whose answer holds an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that is not public")]
pub(crate) struct PrivateAnswer;

/// Refuses a name if any of its addresses is not public.
#[derive(Debug)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !found.iter().all(|address| is_public(address.ip())) {
                return Err(PrivateAnswer.into());
            }
            let checked: Addrs = Box::new(found.into_iter());
            Ok(checked)
        })
    }
}
