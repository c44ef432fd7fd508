# Textes de la connexion, de l'inscription et de la récupération, par page. Vouvoiement, présent, sans reproche.

# Ways to sign in, as buttons
method-password = Utiliser votre mot de passe
method-email-code = Recevoir un code par e-mail
method-phone-code = Recevoir un code par SMS
method-passkey = Utiliser une clé d’accès
method-security-key = Utiliser votre clé de sécurité
method-totp = Utiliser votre application d’authentification
method-recovery-code = Utiliser un code de récupération
method-other = Utiliser { $method }
ways-or = ou
ways-other = Autres moyens
ways-last-used = Dernier utilisé
ways-provider = Continuer avec { $provider }
ways-sign-up = Créer un compte
ways-sign-up-question = Nouveau ici ?
ways-recover = Mot de passe oublié ?
ways-restart = Utiliser un autre compte

# Account named on a page
account-as = Connexion en tant que

# Codes: every kind
code-label = Code
code-submit = Continuer
code-resend = Envoyer un nouveau code
code-required = Saisissez le code.
code-wrong = Ce code n’a pas fonctionné. Vérifiez-le et réessayez.
code-expired = Ce code est trop ancien. Demandez-en un nouveau.
code-too-many = Trop d’essais avec ce code. Demandez-en un nouveau.
code-attempts-left =
    { $count ->
        [one] Il reste { $count } essai avec ce code
       *[other] Il reste { $count } essais avec ce code
    }
remember-device =
    { $days ->
        [one] Ne plus demander sur cet appareil pendant un jour
       *[other] Ne plus demander sur cet appareil pendant { $days } jours
    }
remember-device-hint = Seulement sur un appareil que vous êtes seul à utiliser. Vous pouvez l’annuler dans votre compte.
code-other-address = Utiliser une autre adresse

# Code by e-mail
email-code-title = Consultez votre messagerie
email-code-lead = Nous avons envoyé un code à { $to }.
email-code-hint = Le code est valable 10 minutes. Regardez aussi dans les indésirables.
email-code-hint-link = Saisissez le code, ou ouvrez le lien de l’e-mail dans ce navigateur. Les deux sont valables 10 minutes.

# Code by text message
phone-code-title = Consultez votre téléphone
phone-code-lead = Nous avons envoyé un code par SMS au { $to }.
phone-code-hint = Le code est valable 10 minutes.

# Authenticator app
totp-title = Saisissez votre code
totp-lead = Ouvrez votre application d’authentification et saisissez le code affiché.

# Recovery code
recovery-code-title = Utiliser un code de récupération
recovery-code-lead = Saisissez l’un des codes enregistrés lorsque vous avez protégé ce compte.
recovery-code-hint = Chaque code sert une seule fois.

# Verifying an address or a number
verify-email-title = Confirmez votre adresse
verify-phone-title = Confirmez votre numéro de téléphone

# Passkey
passkey-title = Utilisez votre clé d’accès
passkey-lead = Votre appareil demande votre empreinte, votre visage ou son déverrouillage.
passkey-submit = Continuer avec la clé d’accès
passkey-sign-in = Se connecter avec une clé d’accès
passkey-waiting = Continuez sur votre appareil
passkey-unsupported = Ce navigateur ne prend pas en charge les clés d’accès. Choisissez un autre moyen ci-dessous.
passkey-noscript = Les clés d’accès ont besoin de scripts, désactivés dans ce navigateur. Les autres moyens s’en passent.
passkey-cancelled = Aucune clé d’accès n’a été utilisée. Réessayez ou choisissez un autre moyen.
passkey-not-created = Aucune clé d’accès n’a été créée. Réessayez.
passkey-failed = Cette clé d’accès n’a pas fonctionné ici. Réessayez ou choisissez un autre moyen.
passkey-exists = Cet appareil possède déjà une clé d’accès pour votre compte.

# Security key
security-key-title = Utilisez votre clé de sécurité
security-key-lead = Branchez votre clé ou approchez-la de votre appareil, puis touchez-la.
security-key-submit = Continuer avec la clé de sécurité
security-key-waiting = Touchez votre clé de sécurité
security-key-unsupported = Ce navigateur ne prend pas en charge les clés de sécurité. Choisissez un autre moyen.
security-key-noscript = Les clés de sécurité ont besoin de scripts, désactivés dans ce navigateur. Les autres moyens s’en passent.
security-key-cancelled = Aucune clé de sécurité n’a été utilisée. Réessayez ou choisissez un autre moyen.
security-key-failed = Cette clé de sécurité n’a pas fonctionné ici. Réessayez ou choisissez un autre moyen.
security-key-unknown = Cette clé de sécurité n’est pas connue ici. Elle appartient à un autre compte, ou a été supprimée du vôtre.
security-key-exists = Cette clé de sécurité fait déjà partie de votre compte.

# Link in an e-mail
confirm-link-title = Terminer la connexion
confirm-link-lead = Vous avez ouvert le lien que nous vous avons envoyé.
confirm-link-verify-title = Confirmez votre adresse
confirm-link-recover-title = Choisissez un nouveau mot de passe
confirm-link-recover-submit = Continuer
confirm-link-submit = Se connecter
confirm-link-verify-submit = Confirmer
confirm-link-not-you = Si vous n’avez rien demandé, fermez cette page. Rien ne se passe.
show-code-title = Saisissez ce code sur votre autre appareil
show-code-lead = Vous avez ouvert le lien dans un autre navigateur que celui où vous avez commencé.
show-code-hint =
    { $minutes ->
        [one] Saisissez-le sur la page où vous avez commencé. Il est valable encore { $minutes } minute.
       *[other] Saisissez-le sur la page où vous avez commencé. Il est valable encore { $minutes } minutes.
    }
show-code-warning = Ne lisez jamais ce code à quelqu’un.

# Choosing a method
choose-method-title = Comment voulez-vous continuer ?
choose-method-help = Je ne peux utiliser aucun de ces moyens

# Sign-up
sign-up-title = Créez votre compte
sign-up-one-contact = Une adresse e-mail ou un numéro de téléphone suffit. Remplissez l’un des deux.
sign-up-not-invited = Utilisez l’adresse à laquelle votre invitation a été envoyée.
sign-up-submit = Créer le compte
sign-up-sign-in-question = Vous avez déjà un compte ?
sign-up-sign-in = Se connecter
sign-up-password = Mot de passe
sign-up-password-optional = Vous pouvez le laisser vide et vous connecter avec un code.
password-hint-length =
    { $min ->
        [one] Au moins { $min } caractère. Quelques mots au hasard font un mot de passe solide.
       *[other] Au moins { $min } caractères. Quelques mots au hasard font un mot de passe solide.
    }
password-hint-leaks = Les mots de passe connus par des fuites sont refusés.
sign-up-terms = J’accepte :
sign-up-terms-required = Acceptez pour continuer.
field-optional = (facultatif)
field-choose = Choisir…
field-required = Cette information est nécessaire.
field-invalid = Cela ne semble pas correct. Vérifiez l’orthographe.
field-email = Adresse e-mail
field-username = Nom d’utilisateur
field-name = Nom
field-given-name = Prénom
field-family-name = Nom de famille
field-birthdate = Date de naissance
field-middle-name = Deuxième prénom
field-nickname = Surnom
field-preferred-username = Nom d’utilisateur préféré
field-profile = Page de profil
field-picture = Adresse d’une image
field-website = Site web
field-gender = Genre
field-zoneinfo = Fuseau horaire
sign-up-taken-username = Ce nom d’utilisateur est déjà pris.
sign-up-domain = Les adresses de ce fournisseur ne sont pas acceptées ici. Utilisez-en une autre.

# What the profile lacks, at a later sign-in
complete-profile-title = Complétez votre profil
complete-profile-lead = Il manque encore quelques informations. Vous pouvez les modifier à tout moment dans votre compte.
complete-profile-needed = Certaines informations sont nécessaires pour continuer. Vous pourrez les modifier plus tard dans votre compte.
complete-profile-submit = Enregistrer et continuer
complete-profile-skip = Pas maintenant

# Recovery
recover-title = Réinitialiser votre mot de passe
recover-lead = Saisissez votre identifiant de connexion. Nous envoyons un code à l’adresse de ce compte.
recover-submit = Envoyer un code
recover-back = Retour à la connexion
recover-sent-title = Consultez votre messagerie
recover-sent-lead = S’il existe un compte pour { $to }, nous lui avons envoyé un code.
new-password-title = Choisissez un nouveau mot de passe
new-password-label = Nouveau mot de passe
new-password-submit = Enregistrer le mot de passe
new-password-ends-sessions = L’enregistrement vous déconnecte partout ailleurs.

# Setting up a second step
choose-enrolment-title = Protégez votre compte
choose-enrolment-required = Ce compte exige une deuxième étape à la connexion.
choose-enrolment-recommended = Recommandé
enrol-passkey-button = Créer une clé d’accès
enrol-passkey-note = Empreinte, visage ou déverrouillage de l’appareil. Rien à saisir.
enrol-security-key-button = Ajouter une clé de sécurité
enrol-security-key-note = Une clé que vous branchez ou approchez de votre appareil, et touchez.
enrol-security-key-title = Ajoutez une clé de sécurité
enrol-security-key-lead = Désormais, vous la touchez aussi pour vous connecter.
enrol-security-key-submit = Ajouter la clé de sécurité
enrol-security-key-point-spare = Vous pouvez en ajouter une deuxième plus tard, au cas où vous perdriez celle-ci
enrol-totp-button = Configurer une application d’authentification
enrol-totp-note = Six chiffres donnés par une application de votre téléphone.
enrol-phone-button = Ajouter un numéro de téléphone
enrol-phone-note = Un code par SMS. Moins sûr que les autres moyens.
enrol-totp-title = Configurez votre application d’authentification
enrol-totp-scan = Scannez cette image avec l’application.
enrol-totp-qr = QR code pour votre application d’authentification
enrol-totp-manual = Impossible de scanner ?
enrol-totp-key = Saisissez cette clé dans l’application
enrol-totp-open = Ouvrir une application sur cet appareil
enrol-totp-code = Saisissez le code affiché par l’application.
enrol-totp-submit = Confirmer
enrol-totp-wrong = Ce code n’a pas fonctionné. Vérifiez que l’horloge de votre téléphone est à l’heure.
enrol-passkey-title = Créez une clé d’accès
enrol-passkey-lead = La prochaine fois, vous vous connectez avec votre empreinte, votre visage ou le déverrouillage de l’appareil.
enrol-passkey-submit = Créer la clé d’accès
enrol-passkey-point-fast = Rien à retenir et rien à saisir
enrol-passkey-point-safe = Ne fonctionne qu’ici, donc résiste à l’hameçonnage
enrol-passkey-point-local = Votre empreinte ou votre visage ne quitte jamais votre appareil
recovery-codes-title = Enregistrez vos codes de récupération
recovery-codes-lead = Si vous perdez votre appareil, chacun de ces codes vous laisse entrer une fois.
recovery-codes-store = Gardez-les avec vos papiers importants, pas dans votre messagerie.
recovery-codes-download = Télécharger
recovery-codes-copy = Copier
recovery-codes-copied = Copié
recovery-codes-file = codes-de-recuperation.txt
recovery-codes-saved = J’ai enregistré ces codes
recovery-codes-saved-required = Enregistrez d’abord les codes, puis cochez la case.
recovery-codes-submit = Continuer

# Connecting an account of a provider
link-account-title = Vous avez déjà un compte
link-account-lead = Prouvez qu’il est à vous ; vous pourrez ensuite vous connecter avec { $provider }.
link-account-here = Votre compte ici
link-account-password = Mot de passe de votre compte ici
link-account-submit = Associer et continuer
link-account-prove = Prouvez qu’il est à vous
sign-up-connects = La prochaine fois, vous pourrez vous connecter avec { $provider }.

# What the flow refuses
password-too-short = C’est trop court. Utilisez plus de caractères ; quelques mots au hasard se retiennent bien.
password-common = Beaucoup de gens utilisent ce mot de passe. Choisissez-en un auquel vous seul pourriez penser.
password-context = Ne formez pas le mot de passe avec votre nom, votre adresse ou le nom de ce service.
sign-up-already-registered = Un compte existe déjà avec cette adresse. Revenez en arrière et connectez-vous.

# Passkey
passkey-expired = Cela a pris trop de temps. Réessayez.
passkey-unknown = Cette clé d’accès n’est pas connue ici. Elle appartient à un autre site, ou a été supprimée de votre compte.

# Setting up a second step
offer-passkey-title = Connectez-vous plus vite la prochaine fois
offer-passkey-skip = Pas maintenant

## Un numéro que l’on ajoute, et celui pour lequel un code est demandé.
phone-label = Numéro de téléphone
phone-hint = Avec l’indicatif du pays, par exemple { $example }.
phone-send = Recevoir un code par SMS
phone-required = Saisissez votre numéro de téléphone.
phone-malformed = Cela ne ressemble pas à un numéro de téléphone. Écrivez-le avec l’indicatif du pays.
phone-country = Nous n’envoyons pas de SMS aux numéros de ce pays. Utilisez un autre numéro ou un autre moyen.
phone-unavailable = Nous ne pouvons pas envoyer de SMS à ce numéro pour le moment. Utilisez un autre moyen.
phone-taken = Ce numéro appartient à un autre compte.
phone-code-lead-account = Si le compte { $to } a un numéro de téléphone, nous y avons envoyé un code par SMS.
enrol-phone-risk = D’autres peuvent s’emparer de vos SMS, par exemple en s’appropriant votre numéro. Une application ou une clé d’accès est plus sûre.
phone-other = Utiliser un autre numéro
