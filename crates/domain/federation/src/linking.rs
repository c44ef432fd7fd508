//! Which account an upstream identity belongs to. The key is (connection, subject). An address alone never opens an
//! account: it counts only when the provider says it is verified, by the boolean `true`, and is authoritative for the
//! domain; everything else asks for a proof from the account itself.
//!
//! Stops: nOAuth and pre-hijacking (an attacker signs up with somebody's address before they do); administrators who
//! enter a mightier account through a connection of their own.

use vestibule_kernel::{UserId, contact::Email};

use crate::{
    claims::UpstreamIdentity,
    connection::{Connection, LinkPolicy},
    identity::Identity,
};

/// The account that has the asserted address among its identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressHolder {
    /// The account.
    pub user: UserId,
    /// Whether control of this address was proven to us.
    pub verified: bool,
    /// Whether the account has proven any other address or number: then it is somebody's, whoever that is.
    pub otherwise_proven: bool,
    /// Whether it holds administrator's scopes: whoever may set up connections must not enter it by one.
    pub privileged: bool,
}

/// What is known when somebody comes back from a provider.
#[derive(Debug, Clone, Copy)]
pub struct LinkFacts<'a> {
    /// Through which connection.
    pub connection: &'a Connection,
    /// What the provider says.
    pub upstream: &'a UpstreamIdentity,
    /// The identity with this connection and subject, if it was linked before.
    pub identity: Option<&'a Identity>,
    /// Who has the asserted address.
    pub holder: Option<AddressHolder>,
}

/// The address a new account begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAddress {
    /// The provider gave none that can be used.
    None,
    /// It must be proven to us before it is anybody's.
    ToVerify(Email),
    /// The authoritative provider's word is the proof.
    Verified(Email),
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRefusal {
    /// The connection takes nobody new.
    SignUpClosed,
    /// An account has the address and this connection links only from within an account.
    AddressTaken,
    /// The upstream account belongs to another user of the realm.
    LinkedElsewhere,
    /// The user has another identity at this connection.
    AnotherLinked,
}

impl LinkRefusal {
    /// The word in events and copy keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUpClosed => "sign_up_closed",
            Self::AddressTaken => "address_taken",
            Self::LinkedElsewhere => "linked_elsewhere",
            Self::AnotherLinked => "another_linked",
        }
    }
}

/// What happens with an upstream identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linking {
    /// It was linked before: this user.
    SignIn {
        /// Who.
        user: UserId,
    },
    /// Linked now without asking: an authoritative provider, and an account that proved the same address to us.
    Link {
        /// To whom.
        user: UserId,
    },
    /// The first real proof of the address: the account that claimed it without proof loses every credential, session
    /// and identity it has, and is the true owner's from now on.
    Claim {
        /// The account to be cleansed and linked.
        user: UserId,
    },
    /// Somebody new.
    Create {
        /// Their address.
        email: NewAddress,
        /// The account that holds this address without proof and gives it up.
        released_by: Option<UserId>,
    },
    /// The account proves itself first; only then is this very identity linked, in this flow and browser.
    AskProof {
        /// The account.
        user: UserId,
    },
    /// Nobody is let in.
    Refused(LinkRefusal),
}

/// Decides whose an upstream identity is when somebody signs in.
pub fn link(facts: LinkFacts<'_>) -> Linking {
    if let Some(identity) = facts.identity {
        return Linking::SignIn { user: identity.user };
    }
    let settings = &facts.connection.settings;
    // What the provider does not vouch for is no more than something typed.
    let vouched =
        facts.upstream.email.as_ref().filter(|asserted| asserted.verified).map(|asserted| &asserted.email);
    let trusted = vouched.is_some_and(|email| facts.connection.is_authoritative_for(email.domain()));
    let create = |email: NewAddress, released_by: Option<UserId>| {
        if settings.sign_up {
            Linking::Create { email, released_by }
        } else {
            Linking::Refused(LinkRefusal::SignUpClosed)
        }
    };
    let to_verify =
        |email: Option<&Email>| email.map_or(NewAddress::None, |email| NewAddress::ToVerify(email.clone()));
    match (vouched, facts.holder) {
        (None, None) => {
            create(to_verify(facts.upstream.email.as_ref().map(|asserted| &asserted.email)), None)
        }
        (Some(email), None) if trusted => create(NewAddress::Verified(email.clone()), None),
        (Some(email), None) => create(NewAddress::ToVerify(email.clone()), None),
        (Some(_), Some(holder)) if holder.verified || trusted && holder.privileged => {
            match settings.link_policy {
                LinkPolicy::Never => Linking::Refused(LinkRefusal::AddressTaken),
                LinkPolicy::Automatic if trusted && !holder.privileged => Linking::Link { user: holder.user },
                LinkPolicy::Automatic | LinkPolicy::Ask => Linking::AskProof { user: holder.user },
            }
        }
        (Some(email), Some(holder)) if trusted && holder.otherwise_proven => {
            create(NewAddress::Verified(email.clone()), Some(holder.user))
        }
        (Some(_), Some(holder)) if trusted => Linking::Claim { user: holder.user },
        // An address nobody vouches for neither finds an account nor tells that there is one. One that neither side has
        // proven stays where it is. Either way the new account begins without.
        (_, Some(_)) => create(NewAddress::None, None),
    }
}

/// Decides whether an upstream identity may be linked to a user who proved to be signed in. `own` is what the user has
/// at this connection.
///
/// # Errors
/// The identity is another user's, or the user has another one there.
pub fn link_to(user: UserId, found: Option<&Identity>, own: Option<&Identity>) -> Result<(), LinkRefusal> {
    match (found, own) {
        (Some(found), _) if found.user != user => Err(LinkRefusal::LinkedElsewhere),
        (Some(_), _) | (None, None) => Ok(()),
        (None, Some(_)) => Err(LinkRefusal::AnotherLinked),
    }
}

#[cfg(test)]
mod tests;
