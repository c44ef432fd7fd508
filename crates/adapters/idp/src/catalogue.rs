//! Every provider there is: one line each.

use std::sync::Arc;

use vestibule_federation::{Connector, Connectors, Preset};

use crate::{providers, upstream::Upstream};

/// Makes the connector of a provider.
type Make = fn(Arc<Upstream>) -> Box<dyn Connector>;

const PROVIDERS: [Make; 10] = [
    providers::google::connector,
    providers::apple::connector,
    providers::microsoft::connector,
    providers::github::connector,
    providers::facebook::connector,
    providers::gitlab::connector,
    providers::linkedin::connector,
    providers::discord::connector,
    providers::generic::oidc,
    providers::generic::oauth2,
];

/// The connectors of this build.
pub struct Catalogue(Vec<Box<dyn Connector>>);

impl Catalogue {
    /// All of them over one way out.
    pub fn new(upstream: &Arc<Upstream>) -> Self {
        Self(PROVIDERS.iter().map(|make| make(Arc::clone(upstream))).collect())
    }
}

impl Connectors for Catalogue {
    fn find(&self, provider: &str) -> Option<&dyn Connector> {
        self.0.iter().find(|connector| connector.preset().key == provider).map(AsRef::as_ref)
    }

    fn presets(&self) -> Vec<&Preset> {
        self.0.iter().map(|connector| connector.preset()).collect()
    }
}
