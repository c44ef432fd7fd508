//! What became of messages.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper, upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{EventRecord, JobId, Page, PageRequest, StoreError, UserId};
use vestibule_storage::{Channel, Delivery, DeliveryFilter, DeliveryRepo, deliveries::UnknownState};

use crate::{
    schema::deliveries,
    tx::{DbTx, after_id, corrupt, page_limit, page_of},
    types::{PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
struct DeliveryRow {
    realm_id: PUuid,
    id: PUuid,
    user_id: Option<PUuid>,
    channel: String,
    message: String,
    recipient: String,
    state: String,
    attempts: i32,
    answer: Option<String>,
    created_at: PTime,
    updated_at: PTime,
}

impl DeliveryRow {
    fn rehydrate(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: JobId::from_uuid(self.id.0),
            user: self.user_id.map(|id| UserId::from_uuid(id.0)),
            channel: Channel::parse(&self.channel).ok_or_else(|| corrupt("deliveries.channel"))?,
            message: self.message,
            recipient: self.recipient,
            state: self.state.parse().map_err(|UnknownState| corrupt("deliveries.state"))?,
            attempts: u32::try_from(self.attempts).unwrap_or_default(),
            answer: self.answer,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}

#[async_trait]
impl DeliveryRepo for DbTx {
    async fn save_delivery(
        &mut self,
        delivery: &Delivery,
        event: Option<EventRecord>,
    ) -> Result<(), StoreError> {
        let row = DeliveryRow {
            realm_id: self.realm,
            id: PUuid(delivery.id.as_uuid()),
            user_id: delivery.user.map(|id| PUuid(id.as_uuid())),
            channel: delivery.channel.name().to_owned(),
            message: delivery.message.clone(),
            recipient: delivery.recipient.clone(),
            state: delivery.state.name().to_owned(),
            attempts: i32::try_from(delivery.attempts).unwrap_or(i32::MAX),
            answer: delivery.answer.clone(),
            created_at: PTime(delivery.created_at),
            updated_at: PTime(delivery.updated_at),
        };
        db!(self.wire, |c| {
            diesel::insert_into(deliveries::table)
                .values(row)
                .on_conflict((deliveries::realm_id, deliveries::id))
                .do_update()
                .set((
                    deliveries::user_id.eq(excluded(deliveries::user_id)),
                    deliveries::recipient.eq(excluded(deliveries::recipient)),
                    deliveries::state.eq(excluded(deliveries::state)),
                    deliveries::attempts.eq(excluded(deliveries::attempts)),
                    deliveries::answer.eq(excluded(deliveries::answer)),
                    deliveries::updated_at.eq(excluded(deliveries::updated_at)),
                ))
                .execute(c)
                .await
        })?;
        if let Some(event) = event {
            self.record(event);
        }
        Ok(())
    }

    async fn list_deliveries(
        &mut self,
        filter: DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError> {
        let (realm, before) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = deliveries::table
                .filter(deliveries::realm_id.eq(realm))
                .select(DeliveryRow::as_select())
                .order(deliveries::id.desc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(user) = filter.user {
                query = query.filter(deliveries::user_id.eq(PUuid(user.as_uuid())));
            }
            if let Some(state) = filter.state {
                query = query.filter(deliveries::state.eq(state.name()));
            }
            if let Some(before) = before {
                query = query.filter(deliveries::id.lt(before));
            }
            query.load::<DeliveryRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), DeliveryRow::rehydrate)
    }
}
