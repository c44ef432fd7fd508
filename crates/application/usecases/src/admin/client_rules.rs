//! What a client's metadata must satisfy, whoever sets it: the domain's rules, told as faults of a request.

use vestibule_oauth::{ClientMetadata, client::metadata};
use vestibule_realms::RealmSettings;

use crate::admin::{AdminFailure, failure::Fault};

/// Checks the whole of a client's metadata.
///
/// # Errors
/// Every value that breaks a rule, below `pointer`.
pub fn check(metadata: &ClientMetadata, settings: &RealmSettings, pointer: &str) -> Result<(), AdminFailure> {
    let algorithms: Vec<&str> = settings.keys.algorithms.iter().map(|alg| alg.as_str()).collect();
    metadata::check(metadata, &algorithms).map_err(|error| {
        let fault = |fault: metadata::MetadataFault| Fault {
            pointer: format!("{pointer}/{}", fault.field),
            detail: fault.reason,
        };
        AdminFailure::Invalid(error.0.into_iter().map(fault).collect())
    })
}
