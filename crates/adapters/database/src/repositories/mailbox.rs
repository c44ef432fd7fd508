//! The developer inbox.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{MailId, Page, PageRequest, StoreError, Timestamp, ports::Mail};
use vestibule_storage::{MailboxRepo, StoredMail};

use crate::{
    schema::mailbox,
    tx::{DbTx, after_id, page_limit, page_of},
    types::{PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mailbox)]
struct MailRow {
    realm_id: PUuid,
    id: PUuid,
    message_id: String,
    from_name: String,
    recipient: String,
    subject: String,
    text_body: String,
    html_body: String,
    received_at: PTime,
}

impl MailRow {
    fn rehydrate(self) -> StoredMail {
        StoredMail {
            id: MailId::from_uuid(self.id.0),
            message_id: self.message_id,
            from_name: self.from_name,
            to: self.recipient,
            subject: self.subject,
            text: self.text_body,
            html: self.html_body,
            received_at: self.received_at.0,
        }
    }
}

#[async_trait]
impl MailboxRepo for DbTx {
    async fn keep_mail(&mut self, id: MailId, mail: &Mail, now: Timestamp) -> Result<(), StoreError> {
        let row = MailRow {
            realm_id: self.realm,
            id: PUuid(id.as_uuid()),
            message_id: mail.message_id.clone(),
            from_name: mail.from_name.clone(),
            recipient: mail.to.to_string(),
            subject: mail.subject.clone(),
            text_body: mail.text.clone(),
            html_body: mail.html.clone(),
            received_at: PTime(now),
        };
        db!(self.wire, |c| {
            diesel::insert_into(mailbox::table)
                .values(row)
                .on_conflict((mailbox::realm_id, mailbox::message_id))
                .do_nothing()
                .execute(c)
                .await
        })?;
        Ok(())
    }

    async fn list_mails(&mut self, page: &PageRequest) -> Result<Page<StoredMail>, StoreError> {
        let (realm, before) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = mailbox::table
                .filter(mailbox::realm_id.eq(realm))
                .select(MailRow::as_select())
                .order(mailbox::id.desc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(before) = before {
                query = query.filter(mailbox::id.lt(before));
            }
            query.load::<MailRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), |row| Ok(row.rehydrate()))
    }

    async fn find_mail(&mut self, id: MailId) -> Result<Option<StoredMail>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            mailbox::table
                .filter(mailbox::realm_id.eq(realm))
                .filter(mailbox::id.eq(id))
                .select(MailRow::as_select())
                .first::<MailRow>(c)
                .await
                .optional()
        })?;
        Ok(row.map(MailRow::rehydrate))
    }
}
