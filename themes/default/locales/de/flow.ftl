# Texte für Anmeldung, Registrierung und Wiederherstellung, nach Seiten. Höfliche Anrede, Gegenwart, keine Vorwürfe.

# Ways to sign in, as buttons
method-password = Mit Passwort
method-email-code = Code per E-Mail senden
method-phone-code = Code per SMS senden
method-passkey = Mit Passkey
method-security-key = Mit Sicherheitsschlüssel
method-totp = Mit Authenticator-App
method-recovery-code = Mit Wiederherstellungscode
method-other = Mit { $method }
ways-or = oder
ways-other = Andere Möglichkeiten
ways-last-used = Zuletzt verwendet
ways-provider = Weiter mit { $provider }
ways-sign-up = Konto erstellen
ways-sign-up-question = Neu hier?
ways-recover = Passwort vergessen?
ways-restart = Anderes Konto verwenden

# Account named on a page
account-as = Anmeldung als

# Codes: every kind
code-label = Code
code-submit = Weiter
code-resend = Neuen Code senden
code-required = Geben Sie den Code ein.
code-wrong = Dieser Code hat nicht funktioniert. Prüfen Sie ihn und versuchen Sie es noch einmal.
code-expired = Dieser Code ist zu alt. Lassen Sie sich einen neuen senden.
code-too-many = Zu viele Versuche mit diesem Code. Lassen Sie sich einen neuen senden.
code-attempts-left =
    { $count ->
        [one] Noch 1 Versuch mit diesem Code
       *[other] Noch { $count } Versuche mit diesem Code
    }
remember-device =
    { $days ->
        [one] Auf diesem Gerät einen Tag lang nicht mehr fragen
       *[other] Auf diesem Gerät { $days } Tage lang nicht mehr fragen
    }
remember-device-hint = Nur auf einem Gerät, das sonst niemand benutzt. In Ihrem Konto lässt es sich rückgängig machen.
code-other-address = Andere Adresse verwenden

# Code by e-mail
email-code-title = Sehen Sie in Ihr Postfach
email-code-lead = Wir haben einen Code an { $to } gesendet.
email-code-hint = Der Code gilt 10 Minuten. Sehen Sie auch im Spam-Ordner nach.
email-code-hint-link = Geben Sie den Code ein oder öffnen Sie den Link aus der E-Mail in diesem Browser. Beides gilt 10 Minuten.

# Code by text message
phone-code-title = Sehen Sie auf Ihr Telefon
phone-code-lead = Wir haben einen Code per SMS an { $to } gesendet.
phone-code-hint = Der Code gilt 10 Minuten.

# Authenticator app
totp-title = Geben Sie Ihren Code ein
totp-lead = Öffnen Sie Ihre Authenticator-App und geben Sie den Code ein, den sie zeigt.

# Recovery code
recovery-code-title = Wiederherstellungscode verwenden
recovery-code-lead = Geben Sie einen der Codes ein, die Sie beim Absichern dieses Kontos gespeichert haben.
recovery-code-hint = Jeder Code gilt einmal.

# Verifying an address or a number
verify-email-title = Bestätigen Sie Ihre Adresse
verify-phone-title = Bestätigen Sie Ihre Telefonnummer

# Passkey
passkey-title = Verwenden Sie Ihren Passkey
passkey-lead = Ihr Gerät fragt nach Fingerabdruck, Gesicht oder Bildschirmsperre.
passkey-submit = Weiter mit Passkey
passkey-sign-in = Mit Passkey anmelden
passkey-waiting = Weiter auf Ihrem Gerät
passkey-unsupported = Dieser Browser kann keine Passkeys verwenden. Wählen Sie unten eine andere Möglichkeit.
passkey-noscript = Passkeys brauchen Skripte, die in diesem Browser abgeschaltet sind. Alles andere funktioniert ohne sie.
passkey-cancelled = Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal oder wählen Sie eine andere Möglichkeit.
passkey-not-created = Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal.
passkey-failed = Dieser Passkey hat hier nicht funktioniert. Versuchen Sie es noch einmal oder wählen Sie eine andere Möglichkeit.
passkey-exists = Auf diesem Gerät gibt es schon einen Passkey für Ihr Konto.

# Security key
security-key-title = Verwenden Sie Ihren Sicherheitsschlüssel
security-key-lead = Stecken Sie Ihren Schlüssel ein oder halten Sie ihn an Ihr Gerät und berühren Sie ihn dann.
security-key-submit = Weiter mit Sicherheitsschlüssel
security-key-waiting = Berühren Sie Ihren Sicherheitsschlüssel
security-key-unsupported = Dieser Browser kann keine Sicherheitsschlüssel verwenden. Wählen Sie eine andere Möglichkeit.
security-key-noscript = Sicherheitsschlüssel brauchen Skripte, die in diesem Browser abgeschaltet sind. Alles andere funktioniert ohne sie.
security-key-cancelled = Es wurde kein Sicherheitsschlüssel verwendet. Versuchen Sie es noch einmal oder wählen Sie eine andere Möglichkeit.
security-key-failed = Dieser Sicherheitsschlüssel hat hier nicht funktioniert. Versuchen Sie es noch einmal oder wählen Sie eine andere Möglichkeit.
security-key-unknown = Dieser Sicherheitsschlüssel ist hier nicht bekannt. Er gehört zu einem anderen Konto oder wurde aus Ihrem entfernt.
security-key-exists = Dieser Sicherheitsschlüssel gehört schon zu Ihrem Konto.

# Link in an e-mail
confirm-link-title = Anmeldung abschließen
confirm-link-lead = Sie haben den Link geöffnet, den wir Ihnen gesendet haben.
confirm-link-verify-title = Bestätigen Sie Ihre Adresse
confirm-link-recover-title = Neues Passwort wählen
confirm-link-recover-submit = Weiter
confirm-link-submit = Anmelden
confirm-link-verify-submit = Bestätigen
confirm-link-not-you = Wenn Sie das nicht angefordert haben, schließen Sie diese Seite. Es geschieht nichts.
show-code-title = Geben Sie diesen Code auf Ihrem anderen Gerät ein
show-code-lead = Sie haben den Link in einem anderen Browser geöffnet als dem, in dem Sie begonnen haben.
show-code-hint =
    { $minutes ->
        [one] Geben Sie ihn auf der Seite ein, auf der Sie begonnen haben. Er gilt noch 1 Minute.
       *[other] Geben Sie ihn auf der Seite ein, auf der Sie begonnen haben. Er gilt noch { $minutes } Minuten.
    }
show-code-warning = Lesen Sie diesen Code niemandem vor.

# Choosing a method
choose-method-title = Wie möchten Sie fortfahren?
choose-method-help = Ich kann keine davon verwenden

# Sign-up
sign-up-title = Erstellen Sie Ihr Konto
sign-up-one-contact = Eine E-Mail-Adresse oder eine Telefonnummer genügt. Füllen Sie eines der beiden Felder aus.
sign-up-not-invited = Verwenden Sie die Adresse, an die Ihre Einladung ging.
sign-up-submit = Konto erstellen
sign-up-sign-in-question = Haben Sie schon ein Konto?
sign-up-sign-in = Anmelden
sign-up-password = Passwort
sign-up-password-optional = Sie können es leer lassen und sich mit einem Code anmelden.
password-hint-length =
    { $min ->
        [one] Mindestens 1 Zeichen. Einige zufällige Wörter ergeben ein starkes Passwort.
       *[other] Mindestens { $min } Zeichen. Einige zufällige Wörter ergeben ein starkes Passwort.
    }
password-hint-leaks = Passwörter aus bekannten Datenlecks werden abgelehnt.
sign-up-terms = Ich stimme zu:
sign-up-terms-required = Stimmen Sie zu, um fortzufahren.
field-optional = (freiwillig)
field-choose = Auswählen…
field-required = Diese Angabe wird gebraucht.
field-invalid = Das sieht nicht richtig aus. Prüfen Sie die Schreibweise.
field-email = E-Mail-Adresse
field-username = Benutzername
field-name = Name
field-given-name = Vorname
field-family-name = Nachname
field-birthdate = Geburtsdatum
field-middle-name = Weiterer Vorname
field-nickname = Spitzname
field-preferred-username = Bevorzugter Benutzername
field-profile = Profilseite
field-picture = Adresse eines Bildes
field-website = Website
field-gender = Geschlecht
field-zoneinfo = Zeitzone
sign-up-taken-username = Dieser Benutzername ist vergeben.
sign-up-domain = Adressen dieses Anbieters können hier nicht verwendet werden. Nehmen Sie eine andere.

# What the profile lacks, at a later sign-in
complete-profile-title = Vervollständigen Sie Ihr Profil
complete-profile-lead = Einige Angaben fehlen noch. Sie können sie jederzeit in Ihrem Konto ändern.
complete-profile-needed = Einige Angaben werden gebraucht, bevor es weitergeht. Sie können sie später in Ihrem Konto ändern.
complete-profile-submit = Speichern und weiter
complete-profile-skip = Jetzt nicht

# Recovery
recover-title = Passwort zurücksetzen
recover-lead = Geben Sie ein, womit Sie sich anmelden. Wir senden einen Code an die Adresse dieses Kontos.
recover-submit = Code senden
recover-back = Zurück zur Anmeldung
recover-sent-title = Sehen Sie in Ihr Postfach
recover-sent-lead = Wenn es ein Konto für { $to } gibt, haben wir einen Code dorthin gesendet.
new-password-title = Wählen Sie ein neues Passwort
new-password-label = Neues Passwort
new-password-submit = Passwort speichern
new-password-ends-sessions = Beim Speichern werden Sie überall sonst abgemeldet.

# Setting up a second step
choose-enrolment-title = Sichern Sie Ihr Konto ab
choose-enrolment-required = Für dieses Konto wird bei der Anmeldung ein zweiter Schritt gebraucht.
choose-enrolment-recommended = Empfohlen
enrol-passkey-button = Passkey erstellen
enrol-passkey-note = Fingerabdruck, Gesicht oder Bildschirmsperre. Nichts einzutippen.
enrol-security-key-button = Sicherheitsschlüssel hinzufügen
enrol-security-key-note = Ein Schlüssel, den Sie einstecken oder an Ihr Gerät halten und berühren.
enrol-security-key-title = Fügen Sie einen Sicherheitsschlüssel hinzu
enrol-security-key-lead = Wenn Sie sich künftig anmelden, werden Sie auch um seine Berührung gebeten.
enrol-security-key-submit = Sicherheitsschlüssel hinzufügen
enrol-security-key-point-spare = Für den Fall, dass Sie diesen verlieren, können Sie später einen zweiten hinzufügen
enrol-totp-button = Authenticator-App einrichten
enrol-totp-note = Sechs Ziffern aus einer App auf Ihrem Telefon.
enrol-phone-button = Telefonnummer hinzufügen
enrol-phone-note = Ein Code per SMS. Weniger sicher als die anderen.
enrol-totp-title = Richten Sie Ihre Authenticator-App ein
enrol-totp-scan = Scannen Sie dieses Bild mit der App.
enrol-totp-qr = QR-Code für Ihre Authenticator-App
enrol-totp-manual = Scannen nicht möglich?
enrol-totp-key = Geben Sie diesen Schlüssel in der App ein
enrol-totp-open = App auf diesem Gerät öffnen
enrol-totp-code = Geben Sie den Code ein, den die App zeigt.
enrol-totp-submit = Bestätigen
enrol-totp-wrong = Dieser Code hat nicht funktioniert. Prüfen Sie, ob die Uhr Ihres Telefons richtig geht.
enrol-passkey-title = Erstellen Sie einen Passkey
enrol-passkey-lead = Nächstes Mal melden Sie sich mit Fingerabdruck, Gesicht oder Bildschirmsperre an.
enrol-passkey-submit = Passkey erstellen
enrol-passkey-point-fast = Nichts zu merken und nichts einzutippen
enrol-passkey-point-safe = Funktioniert nur hier und schützt so vor Phishing
enrol-passkey-point-local = Fingerabdruck und Gesicht verlassen Ihr Gerät nie
recovery-codes-title = Speichern Sie Ihre Wiederherstellungscodes
recovery-codes-lead = Wenn Sie Ihr Gerät verlieren, kommen Sie mit jedem dieser Codes einmal hinein.
recovery-codes-store = Bewahren Sie sie bei wichtigen Papieren auf, nicht im Postfach.
recovery-codes-download = Herunterladen
recovery-codes-copy = Kopieren
recovery-codes-copied = Kopiert
recovery-codes-file = wiederherstellungscodes.txt
recovery-codes-saved = Ich habe diese Codes gespeichert
recovery-codes-saved-required = Speichern Sie zuerst die Codes und kreuzen Sie dann das Kästchen an.
recovery-codes-submit = Weiter

# Connecting an account of a provider
link-account-title = Sie haben schon ein Konto
link-account-lead = Weisen Sie nach, dass es Ihres ist. Danach können Sie sich mit { $provider } anmelden.
link-account-here = Ihr Konto hier
link-account-password = Passwort Ihres Kontos hier
link-account-submit = Verbinden und weiter
link-account-prove = Weisen Sie nach, dass es Ihres ist
sign-up-connects = Nächstes Mal können Sie sich mit { $provider } anmelden.

# What the flow refuses
password-too-short = Das ist zu kurz. Nehmen Sie mehr Zeichen; einige zufällige Wörter lassen sich leicht merken.
password-common = Viele Menschen verwenden dieses Passwort. Wählen Sie eines, auf das nur Sie kommen.
password-context = Bilden Sie das Passwort nicht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieses Dienstes.
sign-up-already-registered = Es gibt schon ein Konto mit dieser Adresse. Gehen Sie zurück und melden Sie sich an.

# Passkey
passkey-expired = Das hat zu lange gedauert. Versuchen Sie es noch einmal.
passkey-unknown = Dieser Passkey ist hier nicht bekannt. Er gehört zu einer anderen Website oder wurde aus Ihrem Konto entfernt.

# Setting up a second step
offer-passkey-title = Nächstes Mal schneller anmelden
offer-passkey-skip = Jetzt nicht

## Eine Nummer, die hinzugefügt wird, und eine, für die ein Code verlangt wird.
phone-label = Telefonnummer
phone-hint = Mit Ländervorwahl, zum Beispiel { $example }.
phone-send = Code per SMS senden
phone-required = Geben Sie Ihre Telefonnummer ein.
phone-malformed = Das sieht nicht wie eine Telefonnummer aus. Schreiben Sie sie mit Ländervorwahl.
phone-country = An Nummern dieses Landes senden wir keine SMS. Nehmen Sie eine andere Nummer oder einen anderen Weg.
phone-unavailable = An diese Nummer können wir gerade keine SMS senden. Nehmen Sie einen anderen Weg.
phone-taken = Diese Nummer gehört zu einem anderen Konto.
phone-code-lead-account = Falls zum Konto { $to } eine Telefonnummer gehört, haben wir einen Code per SMS dorthin gesendet.
enrol-phone-risk = SMS können in fremde Hände geraten, zum Beispiel wenn jemand Ihre Nummer übernimmt. Eine App oder ein Passkey ist sicherer.
phone-other = Eine andere Nummer verwenden
