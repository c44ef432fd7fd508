//! The developer inbox.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{
    MailId, Page, PageRequest, StoreError, Timestamp,
    ports::{Mail, Sms},
};
use vestibule_storage::{Channel, MailboxRepo, StoredMail};

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
    channel: String,
}

impl MailRow {
    fn rehydrate(self) -> Result<StoredMail, StoreError> {
        let corrupt = || StoreError::Corrupt(format!("the kept message {}: its channel", self.id.0));
        Ok(StoredMail {
            channel: Channel::parse(&self.channel).ok_or_else(corrupt)?,
            id: MailId::from_uuid(self.id.0),
            message_id: self.message_id,
            from_name: self.from_name,
            to: self.recipient,
            subject: self.subject,
            text: self.text_body,
            html: self.html_body,
            received_at: self.received_at.0,
        })
    }
}

impl DbTx {
    async fn keep(&mut self, row: MailRow) -> Result<(), StoreError> {
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
            channel: Channel::Email.name().to_owned(),
        };
        self.keep(row).await
    }

    async fn keep_sms(&mut self, id: MailId, sms: &Sms, now: Timestamp) -> Result<(), StoreError> {
        let row = MailRow {
            realm_id: self.realm,
            id: PUuid(id.as_uuid()),
            message_id: sms.message_id.clone(),
            from_name: String::new(),
            recipient: sms.to.to_string(),
            subject: String::new(),
            text_body: sms.text.clone(),
            html_body: String::new(),
            received_at: PTime(now),
            channel: Channel::Sms.name().to_owned(),
        };
        self.keep(row).await
    }

    async fn list_mails(
        &mut self,
        channel: Channel,
        page: &PageRequest,
    ) -> Result<Page<StoredMail>, StoreError> {
        let (realm, before) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = mailbox::table
                .filter(mailbox::realm_id.eq(realm))
                .filter(mailbox::channel.eq(channel.name()))
                .select(MailRow::as_select())
                .order(mailbox::id.desc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(before) = before {
                query = query.filter(mailbox::id.lt(before));
            }
            query.load::<MailRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), MailRow::rehydrate)
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
        row.map(MailRow::rehydrate).transpose()
    }
}
