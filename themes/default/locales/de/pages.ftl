# Texte der Seiten, nach Seiten. Höfliche Anrede, Gegenwart, keine Vorwürfe.

# Every page
# The language's own name.
language-name = Deutsch
language-label = Sprache
skip-link = Zum Hauptteil springen
nav-label = Bereiche
error-title-prefix = Fehler:
error-summary-title = Prüfen Sie dies und versuchen Sie es noch einmal
footer-terms = Nutzungsbedingungen
footer-privacy = Datenschutz
footer-help = Hilfe
lead-continue-to = und weiter zu
app-terms = Nutzungsbedingungen
app-privacy = Datenschutzerklärung
app-home = Website

# Identifier
identify-title = Anmelden
identify-label-email = E-Mail-Adresse
identify-label-username = Benutzername
identify-label-phone = Telefonnummer
identify-label-email-username = E-Mail-Adresse oder Benutzername
identify-label-email-phone = E-Mail-Adresse oder Telefonnummer
identify-label-username-phone = Benutzername oder Telefonnummer
identify-label-any = E-Mail-Adresse, Benutzername oder Telefonnummer
identify-submit = Weiter
identify-required = Geben Sie ein, womit Sie sich anmelden, zum Beispiel Ihre E-Mail-Adresse.
identify-malformed = Das kann hier kein Konto sein. Prüfen Sie die Schreibweise.

# Password
password-title = Geben Sie Ihr Passwort ein
password-label = Passwort
password-show = Zeigen
password-hide = Verbergen
password-not-you = Nicht Sie?
password-submit = Anmelden
password-required = Geben Sie Ihr Passwort ein.
password-wrong = Das Passwort passt nicht zu diesem Konto. Prüfen Sie beides und versuchen Sie es noch einmal.
password-too-long = Das ist länger, als ein Passwort sein kann.
password-unexpected-account = Die Anwendung verlangt ein anderes Konto. Wählen Sie „Nicht Sie?“, um sich damit anzumelden.

# Why somebody who is signed in is asked again
reason-step-up = Die Anwendung bittet Sie zu bestätigen, dass Sie es sind.
reason-account = Bestätigen Sie, dass Sie es sind, bevor Sie in Ihrem Konto etwas ändern.

# Account chooser
choose-account-title = Wählen Sie ein Konto
choose-account-signed-in = Angemeldet
choose-account-another = Anderes Konto verwenden

# Consent
consent-title = { $app } bittet um Zugriff
consent-verified = Geprüft
consent-unverified = Ungeprüft
consent-unverified-note = Niemand hier hat diese Anwendung geprüft. Erlauben Sie es nur, wenn Sie dem Ziel vertrauen.
consent-destination = Leitet weiter zu
consent-scopes = Die Anwendung könnte dann
consent-always = (immer nötig)
consent-no-scopes = wissen, dass Sie hier ein Konto haben
consent-remembered = Ihre Antwort wird gespeichert, damit Sie für denselben Zugriff nicht noch einmal gefragt werden.
consent-accept = Erlauben
consent-deny = Nicht erlauben
consent-none-chosen = Wählen Sie mindestens eine Art von Zugriff oder erlauben Sie es nicht.

# Scopes as sentences
scope-openid = wissen, wer Sie sind, anhand einer Kontonummer
scope-profile = Ihren Namen und Ihr Profil sehen
scope-email = Ihre E-Mail-Adresse sehen
scope-phone = Ihre Telefonnummer sehen
scope-address = Ihre Postanschrift sehen
scope-offline_access = diesen Zugriff behalten, während Sie nicht da sind
scope-other = „{ $scope }“ verwenden

# Slowed
slowed-title = Zu viele Versuche
slowed-retry-seconds =
    { $count ->
        [one] Sie können es in 1 Sekunde wieder versuchen.
       *[other] Sie können es in { $count } Sekunden wieder versuchen.
    }
slowed-retry-minutes =
    { $count ->
        [one] Sie können es in 1 Minute wieder versuchen.
       *[other] Sie können es in { $count } Minuten wieder versuchen.
    }
slowed-disabled = Die Anmeldung mit diesem Passwort ist nach zu vielen Versuchen abgeschaltet. Fragen Sie nach Hilfe, um ein neues zu bekommen.
slowed-network-seconds =
    { $count ->
        [one] Aus Ihrem Netz kamen zu viele Anmeldungen. Sie können es in 1 Sekunde wieder versuchen.
       *[other] Aus Ihrem Netz kamen zu viele Anmeldungen. Sie können es in { $count } Sekunden wieder versuchen.
    }
slowed-network-minutes =
    { $count ->
        [one] Aus Ihrem Netz kamen zu viele Anmeldungen. Sie können es in 1 Minute wieder versuchen.
       *[other] Aus Ihrem Netz kamen zu viele Anmeldungen. Sie können es in { $count } Minuten wieder versuchen.
    }
slowed-restart = Neu beginnen

# Sign out
confirm-logout-title = Abmelden?
confirm-logout-app = { $app } möchte Sie abmelden.
confirm-logout-note = Um Ihre Anwendungen zu verwenden, müssen Sie sich dann wieder anmelden.
confirm-logout-confirm = Abmelden
confirm-logout-cancel = Angemeldet bleiben
signed-out-title = Sie sind abgemeldet
signed-out-note = Ihre Sitzung bei { $realm } ist in diesem Browser beendet.
signed-out-back = Zurück zu { $app }
signed-out-again = Wieder anmelden

# Failed
failed-title = Sie können sich nicht anmelden
failed-denied = Sie haben den Zugriff nicht erlaubt, also wurde nichts weitergegeben.
failed-account-inactive = Dieses Konto kann zurzeit nicht verwendet werden. Fragen Sie nach Hilfe, wenn das nicht stimmen kann.
failed-unmet = Die Anwendung verlangt eine Art der Anmeldung, die es hier nicht gibt.
failed-leaving = Dieses Konto wird bald gelöscht. Um es zu behalten, öffnen Sie Ihr Konto, melden Sie sich dort an und wählen Sie „Mein Konto behalten“.
failed-leaving-open = Mein Konto öffnen
failed-back = Zurück zu { $app }
failed-back-plain = Zurück

# Continue
continue-title = Weiter zu { $app }
continue-title-plain = Es geht weiter
continue-note = Wenn nichts geschieht, verwenden Sie die Schaltfläche.
continue-submit = Weiter

# Error
error-code = Code
error-reference = Referenz
error-time = Zeit
error-developer = Für Entwickler
error-start-again = Neu beginnen
error-back-to-sign-in = Zurück zur Anmeldung

# Realm home
home-title = Willkommen
home-signed-in = Sie sind angemeldet
home-signed-in-note = Dieser Browser hat eine Sitzung bei { $realm }.
home-signed-out-note = Melden Sie sich mit Ihrem Konto bei { $realm } an.
home-sign-in = Anmelden
home-sign-out = Abmelden
home-apps = Ihre Anwendungen

# First operator
setup-title = Erstes Betreiberkonto erstellen
setup-note = Dieses Konto verwaltet jeden Realm dieser Installation. Der Link funktioniert einmal.
setup-email = E-Mail-Adresse
setup-name = Name (freiwillig)
setup-password = Passwort
setup-password-hint =
    { $min ->
        [one] Mindestens 1 Zeichen. Einige Wörter ohne Zusammenhang ergeben ein gutes Passwort.
       *[other] Mindestens { $min } Zeichen. Einige Wörter ohne Zusammenhang ergeben ein gutes Passwort.
    }
setup-submit = Konto erstellen
setup-done-title = Das Betreiberkonto ist bereit
setup-done-note = Melden Sie sich mit { $email } und dem gewählten Passwort an.
setup-done-sign-in = Anmelden
setup-email-invalid = Geben Sie eine vollständige E-Mail-Adresse ein, etwa ada@example.com.
setup-email-taken = Es gibt schon ein Betreiberkonto mit dieser E-Mail-Adresse. Nehmen Sie eine andere.
setup-name-invalid = Dieser Name enthält Zeichen, die nicht verwendet werden können.
setup-password-short = Verwenden Sie mindestens { $min } Zeichen.
setup-password-long = Verwenden Sie höchstens { $max } Zeichen.
setup-password-common = Viele Menschen verwenden dieses Passwort. Wählen Sie eines, auf das nur Sie kommen.
setup-password-context = Bilden Sie das Passwort nicht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieses Dienstes.
