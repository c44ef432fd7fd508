# The page in a copy of somebody's data.
export-lead = Diese Seite zeigt, was über Sie gespeichert war, als die Kopie erstellt wurde.
export-programs = Die Dateien daneben, deren Namen auf .json enden, enthalten dieselben Daten und alles Weitere für Programme.
export-proof = manifest.jws belegt, woher diese Kopie stammt und dass nichts darin geändert wurde.
export-made = Erstellt am
export-sections = Abschnitte dieser Seite
export-empty = Hier ist nichts gespeichert.
export-account = Woran Ihr Konto zu erkennen ist.
export-number = Kontonummer
export-created = Angelegt
export-address = Postanschrift
export-yes = Ja
export-no = Nein
export-more-values =
    { $count ->
        [one] { $count } Wert, den Apps bei Ihrem Konto ablegen, steht nur in account.json.
       *[other] { $count } Werte, die Apps bei Ihrem Konto ablegen, stehen nur in account.json.
    }
export-factors = Anmeldewege
export-factors-lead = Womit Sie sich anmelden. Passwörter, Codes und Schlüssel selbst stehen in keiner Kopie.
export-kind = Art
export-device = Gerät
export-ip = IP-Adresse
export-trusted-since = Vertraut seit
export-app = App
export-scopes = Was sie darf
export-own-app = Eine der Apps von { $realm }, die niemanden fragen.
export-provider = Anbieter
export-told = Was er mitgeteilt hat
export-subject = Kontonummer dort
export-email-verified = Adresse dort bestätigt
export-what = Was geschehen ist
export-more-entries =
    { $count ->
        [one] { $count } technischer Eintrag, etwa zu Tokens für eine App, steht nur in activity.json.
       *[other] { $count } technische Einträge, etwa zu Tokens für Apps, stehen nur in activity.json.
    }
