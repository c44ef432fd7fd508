//! Flows: who and when in columns, the rest in a document.

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use vestibule_authn::{
    Flow, FlowRepo, FlowState, Intent,
    flow::{AccountPath, LogoutReturn, Proof, WaitingIdentity},
};
use vestibule_kernel::{
    Changed, ClientId, FlowId, RequestId, SessionId, StoreError, UserId, Version, contact::Locale,
};

use crate::{
    schema::flows,
    tx::{DbTx, corrupt, digest, expected},
    types::{Json, PTime, PUuid},
    wire::{db, later, later_one},
};

/// The parts of a flow that no query looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Details {
    state: FlowState,
    client: Option<ClientId>,
    session: Option<SessionId>,
    identifier: Option<String>,
    proofs: Vec<Proof>,
    consented: Option<Vec<String>>,
    /// Rows of before have none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    waived: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
    fresh: bool,
    logout: Option<LogoutReturn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitingIdentity>,
    locale: Option<Locale>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = flows, primary_key(realm_id, id), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct FlowRow {
    realm_id: PUuid,
    id: PUuid,
    binding: Vec<u8>,
    intent: String,
    user_id: Option<PUuid>,
    request_id: Option<PUuid>,
    details: Json<Details>,
    created_at: PTime,
    expires_at: PTime,
    version: i64,
}

impl FlowRow {
    fn of(realm: PUuid, flow: Flow) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(flow.id.as_uuid()),
            binding: flow.binding.as_bytes().to_vec(),
            intent: flow.intent.as_str().to_owned(),
            user_id: flow.user.map(|user| PUuid(user.as_uuid())),
            request_id: flow.request.map(|request| PUuid(request.as_uuid())),
            details: Json(Details {
                state: flow.state,
                client: flow.client,
                session: flow.session,
                identifier: flow.identifier,
                proofs: flow.proofs,
                consented: flow.consented,
                waived: flow.waived,
                recovered: flow.recovered,
                fresh: flow.fresh,
                logout: flow.logout,
                account: flow.account,
                waiting: flow.waiting,
                locale: flow.locale,
            }),
            created_at: PTime(flow.created_at),
            expires_at: PTime(flow.expires_at),
            version: flow.version.get(),
        }
    }

    pub(super) fn rehydrate(self) -> Result<Flow, StoreError> {
        let details = self.details.0;
        Ok(Flow {
            id: FlowId::from_uuid(self.id.0),
            binding: digest(&self.binding)?,
            intent: Intent::parse(&self.intent).ok_or_else(|| corrupt("flows.intent"))?,
            state: details.state,
            request: self.request_id.map(|request| RequestId::from_uuid(request.0)),
            client: details.client,
            session: details.session,
            user: self.user_id.map(|user| UserId::from_uuid(user.0)),
            identifier: details.identifier,
            proofs: details.proofs,
            consented: details.consented,
            waived: details.waived,
            recovered: details.recovered,
            fresh: details.fresh,
            logout: details.logout,
            account: details.account,
            waiting: details.waiting,
            locale: details.locale,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

#[async_trait]
impl FlowRepo for DbTx {
    async fn find_flow(&mut self, id: FlowId) -> Result<Option<Flow>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            flows::table
                .filter(flows::realm_id.eq(realm))
                .filter(flows::id.eq(id))
                .select(FlowRow::as_select())
                .first::<FlowRow>(c)
                .await
                .optional()
        })?;
        row.map(FlowRow::rehydrate).transpose()
    }

    async fn save_flow(&mut self, change: Changed<Flow>) -> Result<(), StoreError> {
        let row = FlowRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => later!(self.wire, "insert_flow", diesel::insert_into(flows::table).values(row))?,
            Some(version) => {
                let mine = flows::table
                    .filter(flows::realm_id.eq(row.realm_id))
                    .filter(flows::id.eq(row.id))
                    .filter(flows::version.eq(version));
                later_one!(self.wire, "update_flow", diesel::update(mine).set(row))?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }
}
