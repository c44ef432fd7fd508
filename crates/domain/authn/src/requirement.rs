//! What is still owed before a flow may finish, in the fixed order in which it is asked for.

use serde::{Deserialize, Serialize};

/// One thing that is owed. The order of the variants is the order of the pages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Requirement {
    /// Choose which of the known accounts to go on with.
    ChooseAccount,
    /// Prove a first factor.
    FirstFactor,
    /// Prove a second factor.
    SecondFactor,
    /// Add an authenticator: a second factor is owed, and there is none to prove.
    Enrolment,
    /// Nothing can be added that would do: the flow fails.
    Unmet,
    /// Say what the profile lacks and the realm asks for at a sign-in.
    Profile {
        /// The attributes of one page.
        fields: Vec<String>,
        /// Whether all of them may be left for another day.
        skippable: bool,
    },
    /// Agree to what the client asks for.
    Consent {
        /// The scopes not granted yet.
        scopes: Vec<String>,
    },
}

/// Everything that is owed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Requirements(Vec<Requirement>);

impl Requirements {
    /// Sorts and removes duplicates.
    pub fn new(mut owed: Vec<Requirement>) -> Self {
        owed.sort();
        owed.dedup();
        Self(owed)
    }

    /// What to ask for next.
    pub fn first(&self) -> Option<&Requirement> {
        self.0.first()
    }

    /// Whether nothing is owed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.0.iter()
    }
}
