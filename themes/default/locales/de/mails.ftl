# E-Mails und SMS, nach Art. Betreffzeilen sind eine Zeile; zuerst, was geschehen ist, dann, was zu tun ist.

# Every mail
mail-hello = Guten Tag { $name },
mail-account = Konto
mail-when = Wann
mail-browser = Browser
mail-address = IP-Adresse
mail-open = { $realm } öffnen
mail-undo = Rückgängig machen
mail-plain-link = Wenn die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:
mail-support = Hilfe
mail-not-you = Wenn Sie das nicht waren, ändern Sie Ihr Passwort und melden Sie sich überall ab.
mail-footer = { $realm } sendet dies an { $account }, weil es die Sicherheit Ihres Kontos betrifft.
mail-footer-request = { $realm } sendet dies, weil dort jemand { $account } eingegeben hat.
mail-code-minutes =
    { $minutes ->
        [one] Der Code gilt 1 Minute.
       *[other] Der Code gilt { $minutes } Minuten.
    }
mail-code-note = Wenn Sie das nicht angefordert haben, müssen Sie nichts tun. Geben Sie den Code an niemanden weiter.
mail-old-address = Alte Adresse
mail-new-address = Neue Adresse
mail-removed-address = Entfernte Adresse
mail-factor = Anmeldeweg
mail-provider = Konto bei
mail-deletion-date = Wird gelöscht am

# Ways to sign in, as they are called in a list
factor-password = Passwort
factor-email_code = Code per E-Mail
factor-phone_code = Code per SMS
factor-passkey = Passkey
factor-security_key = Sicherheitsschlüssel
factor-totp = Authenticator-App
factor-recovery_code = Wiederherstellungscodes

# New browser
mail-new-device-subject = Neue Anmeldung in Ihrem Konto bei { $realm }
mail-new-device-lead = Ihr Konto bei { $realm } wurde in einem Browser verwendet, den wir noch nicht kennen.
mail-new-device-advice = Wenn Sie das waren, müssen Sie nichts tun. Wenn nicht, ändern Sie Ihr Passwort und melden Sie sich überall ab.

# Password changed
mail-password-changed-subject = Ihr Passwort bei { $realm } wurde geändert
mail-password-changed-lead = Das Passwort Ihres Kontos bei { $realm } wurde geändert.
mail-password-changed-advice = Wenn Sie das nicht waren, wählen Sie sofort ein neues Passwort: mit „Passwort vergessen?“ auf der Anmeldeseite.

# Code to sign in
mail-sign-in-code-subject = Anmeldung bei { $realm }
mail-sign-in-code-lead = Ihr Code für die Anmeldung bei { $realm }
mail-sign-in-code-submit = Anmelden

# Confirm an address
mail-verify-email-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $realm }
mail-verify-email-lead = Bestätigen Sie, dass diese Adresse Ihnen gehört, um sie bei { $realm } zu verwenden.
mail-verify-email-submit = Adresse bestätigen

# New password
mail-recover-password-subject = Wählen Sie ein neues Passwort für { $realm }
mail-recover-password-lead = Mit diesem Code wählen Sie ein neues Passwort für Ihr Konto bei { $realm }.
mail-recover-password-submit = Neues Passwort wählen

# Sign-up with an address that has an account
mail-account-exists-subject = Sie haben schon ein Konto bei { $realm }
mail-account-exists-lead = Sie haben schon ein Konto bei { $realm }
mail-account-exists-advice = Jemand wollte sich mit Ihrer E-Mail-Adresse registrieren. Ein zweites Konto ist nicht nötig.
mail-account-exists-submit = Anmelden
mail-account-exists-recover = Neues Passwort wählen
mail-account-exists-note = Wenn Sie das nicht waren, müssen Sie nichts tun. Es hat sich nichts geändert.

# Addresses
mail-email-added-subject = Ihrem Konto bei { $realm } wurde eine E-Mail-Adresse hinzugefügt
mail-email-added-lead = Ihrem Konto bei { $realm } wurde eine E-Mail-Adresse hinzugefügt.
mail-email-changed-subject = Die E-Mail-Adresse Ihres Kontos bei { $realm } hat sich geändert
mail-email-changed-lead = Ihr Konto bei { $realm } hat jetzt eine andere Hauptadresse.
mail-email-removed-subject = Aus Ihrem Konto bei { $realm } wurde eine E-Mail-Adresse entfernt
mail-email-removed-lead = Aus Ihrem Konto bei { $realm } wurde eine E-Mail-Adresse entfernt.

# Ways to sign in
mail-factor-added-subject = Neuer Anmeldeweg für { $realm }
mail-factor-added-lead = Ihrem Konto bei { $realm } wurde ein Anmeldeweg hinzugefügt.
mail-factor-removed-subject = Ein Anmeldeweg für { $realm } wurde entfernt
mail-factor-removed-lead = Von Ihrem Konto bei { $realm } wurde ein Anmeldeweg entfernt.
mail-recovery-code-used-subject = Ein Wiederherstellungscode wurde für { $realm } verwendet
mail-recovery-code-used-lead = Jemand hat sich mit einem Wiederherstellungscode in Ihrem Konto bei { $realm } angemeldet.
mail-codes-left = Übrige Codes
mail-passkey-copied-subject = Ein Passkey Ihres Kontos bei { $realm } wurde vielleicht kopiert
mail-passkey-copied-lead = Ein Passkey Ihres Kontos bei { $realm } hat so geantwortet, wie es eine Kopie täte. Die Anmeldung wurde abgelehnt.
mail-passkey-copied-advice = Entfernen Sie diesen Passkey und fügen Sie einen neuen hinzu. Ändern Sie auch Ihr Passwort, wenn Ihr Gerät in fremden Händen war.
mail-security-key-copied-subject = Ein Sicherheitsschlüssel Ihres Kontos bei { $realm } wurde vielleicht kopiert
mail-security-key-copied-lead = Ein Sicherheitsschlüssel Ihres Kontos bei { $realm } hat so geantwortet, wie es eine Kopie täte. Die Anmeldung wurde abgelehnt.
mail-security-key-copied-advice = Entfernen Sie diesen Schlüssel und fügen Sie einen neuen hinzu. Wer ihn verwendet hat, kannte Ihr Passwort: Ändern Sie es und melden Sie sich überall ab.
mail-identity-linked-subject = Ein Konto wurde mit Ihrem Konto bei { $realm } verbunden
mail-identity-linked-lead = Sie können sich jetzt mit einem anderen Konto bei { $realm } anmelden.
mail-identity-unlinked-subject = Ein Konto wurde von Ihrem Konto bei { $realm } getrennt
mail-identity-unlinked-lead = Mit einem Konto können Sie sich nicht mehr bei { $realm } anmelden.

# Deletion
mail-deletion-scheduled-subject = Ihr Konto bei { $realm } wird gelöscht
mail-deletion-scheduled-lead = Ihr Konto bei { $realm } wird gelöscht.
mail-deletion-scheduled-advice = Bis dahin können Sie es sich anders überlegen. Danach lässt sich nichts wiederherstellen.
mail-deletion-scheduled-undo = Konto behalten
mail-deletion-undone-subject = Ihr Konto bei { $realm } bleibt bestehen
mail-deletion-undone-lead = Ihr Konto bei { $realm } wird nicht gelöscht.
mail-account-deleted-subject = Ihr Konto bei { $realm } wurde gelöscht
mail-account-deleted-lead = Ihr Konto bei { $realm } und seine Daten wurden gelöscht.
mail-account-deleted-advice = Dies ist die letzte Nachricht zu diesem Konto.

# Data export
mail-export-ready-subject = Ihre Daten von { $realm } liegen bereit
mail-export-ready-lead = Das Archiv Ihrer Daten von { $realm } liegt bereit.
mail-export-ready-days =
    { $days ->
        [one] Sie können es noch 1 Tag lang herunterladen. Dafür melden Sie sich an.
       *[other] Sie können es noch { $days } Tage lang herunterladen. Dafür melden Sie sich an.
    }
mail-export-ready-submit = Herunterladen
mail-export-ready-note = Das Archiv enthält persönliche Daten. Bewahren Sie es sicher auf.

# Invitation
mail-invitation-to-sign-up-subject = Einladung zu { $realm }
mail-invitation-to-sign-up-lead = Sie sind eingeladen, ein Konto bei { $realm } zu erstellen.
mail-invitation-to-sign-up-days =
    { $days ->
        [one] Die Einladung gilt 1 Tag.
       *[other] Die Einladung gilt { $days } Tage.
    }
mail-invitation-to-sign-up-submit = Konto erstellen
mail-invitation-to-sign-up-note = Wenn Sie das nicht erwartet haben, müssen Sie nichts tun. Ohne Sie entsteht kein Konto.

# Text messages: short, no link
sms-sign-in-code =
    { $minutes ->
        [one] { $code } ist Ihr Code für die Anmeldung bei { $realm }. Er gilt 1 Minute.
       *[other] { $code } ist Ihr Code für die Anmeldung bei { $realm }. Er gilt { $minutes } Minuten.
    }
sms-verify-phone =
    { $minutes ->
        [one] { $code } ist Ihr Code, um diese Nummer bei { $realm } zu bestätigen. Er gilt 1 Minute.
       *[other] { $code } ist Ihr Code, um diese Nummer bei { $realm } zu bestätigen. Er gilt { $minutes } Minuten.
    }
sms-account-exists = Sie haben bei { $realm } schon ein Konto. Melden Sie sich mit dieser Nummer an.

mail-mail-test-subject = Testnachricht von { $realm }
mail-mail-test-lead = Der E-Mail-Versand von { $realm } funktioniert.
mail-mail-test-note = Diese Nachricht wurde von der Administration angefordert. Sie müssen nichts tun.
sms-test = Textnachrichten von { $realm } funktionieren. Die Administration hat diese angefordert.

# Telefonnummern
mail-phone-added-subject = Ihrem Konto bei { $realm } wurde eine Telefonnummer hinzugefügt
mail-phone-added-lead = Ihrem Konto bei { $realm } wurde eine Telefonnummer hinzugefügt.
mail-phone-changed-subject = Ihr Konto bei { $realm } hat eine andere Hauptnummer
mail-phone-changed-lead = Codes für Ihr Konto bei { $realm } gehen jetzt an eine andere Telefonnummer.
mail-phone-removed-subject = Aus Ihrem Konto bei { $realm } wurde eine Telefonnummer entfernt
mail-phone-removed-lead = Aus Ihrem Konto bei { $realm } wurde eine Telefonnummer entfernt.
mail-number = Nummer
