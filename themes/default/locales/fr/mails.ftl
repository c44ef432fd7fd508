# E-mails et SMS, par type. L'objet tient sur une ligne ; d'abord ce qui s'est passé, puis ce qu'il faut faire.

# Every mail
mail-hello = Bonjour { $name },
mail-account = Compte
mail-when = Date
mail-browser = Navigateur
mail-address = Adresse IP
mail-open = Ouvrir { $realm }
mail-undo = Annuler ce changement
mail-plain-link = Si le bouton ne fonctionne pas, ouvrez cette adresse :
mail-support = Obtenir de l’aide
mail-not-you = Si ce n’était pas vous, changez votre mot de passe et déconnectez-vous partout.
mail-footer = { $realm } envoie ce message à { $account } car il concerne la sécurité de votre compte.
mail-footer-request = { $realm } envoie ce message car quelqu’un y a saisi { $account }.
mail-code-minutes =
    { $minutes ->
        [one] Le code est valable { $minutes } minute.
       *[other] Le code est valable { $minutes } minutes.
    }
mail-code-note = Si vous n’avez rien demandé, ignorez ce message. Ne donnez jamais le code à personne.
mail-old-address = Ancienne adresse
mail-new-address = Nouvelle adresse
mail-removed-address = Adresse retirée
mail-factor = Moyen de connexion
mail-provider = Compte chez
mail-deletion-date = Supprimé le

# Ways to sign in, as they are called in a list
factor-password = Mot de passe
factor-email_code = Code par e-mail
factor-phone_code = Code par SMS
factor-passkey = Clé d’accès
factor-security_key = Clé de sécurité
factor-totp = Application d’authentification
factor-recovery_code = Codes de récupération

# New browser
mail-new-device-subject = Nouvelle connexion à votre compte { $realm }
mail-new-device-lead = Votre compte { $realm } a été utilisé dans un navigateur que nous ne connaissions pas.
mail-new-device-advice = Si c’était vous, il n’y a rien à faire. Sinon, changez votre mot de passe et déconnectez-vous partout.

# Password changed
mail-password-changed-subject = Votre mot de passe { $realm } a été changé
mail-password-changed-lead = Le mot de passe de votre compte { $realm } a été changé.
mail-password-changed-advice = Si ce n’était pas vous, choisissez aussitôt un nouveau mot de passe avec « Mot de passe oublié ? » sur la page de connexion.

# Code to sign in
mail-sign-in-code-subject = Connexion à { $realm }
mail-sign-in-code-lead = Votre code pour vous connecter à { $realm }
mail-sign-in-code-submit = Se connecter

# Confirm an address
mail-verify-email-subject = Confirmez votre adresse e-mail pour { $realm }
mail-verify-email-lead = Confirmez que cette adresse est la vôtre pour l’utiliser chez { $realm }.
mail-verify-email-submit = Confirmer l’adresse

# New password
mail-recover-password-subject = Choisissez un nouveau mot de passe pour { $realm }
mail-recover-password-lead = Utilisez ce code pour choisir un nouveau mot de passe pour votre compte { $realm }.
mail-recover-password-submit = Choisir un nouveau mot de passe

# Sign-up with an address that has an account
mail-account-exists-subject = Vous avez déjà un compte { $realm }
mail-account-exists-lead = Vous avez déjà un compte { $realm }
mail-account-exists-advice = Quelqu’un a voulu s’inscrire avec votre adresse e-mail. Un deuxième compte n’est pas nécessaire.
mail-account-exists-submit = Se connecter
mail-account-exists-recover = Choisir un nouveau mot de passe
mail-account-exists-note = Si ce n’était pas vous, il n’y a rien à faire. Rien n’a changé.

# Addresses
mail-email-added-subject = Une adresse e-mail a été ajoutée à votre compte { $realm }
mail-email-added-lead = Une adresse e-mail a été ajoutée à votre compte { $realm }.
mail-email-changed-subject = L’adresse e-mail de votre compte { $realm } a changé
mail-email-changed-lead = Votre compte { $realm } a maintenant une autre adresse principale.
mail-email-removed-subject = Une adresse e-mail a été retirée de votre compte { $realm }
mail-email-removed-lead = Une adresse e-mail a été retirée de votre compte { $realm }.

# Ways to sign in
mail-factor-added-subject = Nouveau moyen de connexion à { $realm }
mail-factor-added-lead = Un moyen de connexion a été ajouté à votre compte { $realm }.
mail-factor-removed-subject = Un moyen de connexion à { $realm } a été supprimé
mail-factor-removed-lead = Un moyen de connexion a été supprimé de votre compte { $realm }.
mail-recovery-code-used-subject = Un code de récupération a servi à se connecter à { $realm }
mail-recovery-code-used-lead = Quelqu’un s’est connecté à votre compte { $realm } avec un code de récupération.
mail-codes-left = Codes restants
mail-passkey-copied-subject = Une clé d’accès de votre compte { $realm } a peut-être été copiée
mail-passkey-copied-lead = Une clé d’accès de votre compte { $realm } a répondu comme le ferait une copie. La connexion a été refusée.
mail-passkey-copied-advice = Supprimez cette clé d’accès et ajoutez-en une nouvelle. Si votre appareil a quitté vos mains, changez aussi votre mot de passe et déconnectez-vous partout.
mail-security-key-copied-subject = Une clé de sécurité de votre compte { $realm } a peut-être été copiée
mail-security-key-copied-lead = Une clé de sécurité de votre compte { $realm } a répondu comme le ferait une copie. La connexion a été refusée.
mail-security-key-copied-advice = Supprimez cette clé et ajoutez-en une nouvelle. Qui l’a utilisée connaissait votre mot de passe : changez-le et déconnectez-vous partout.
mail-identity-linked-subject = Un compte a été associé à votre compte { $realm }
mail-identity-linked-lead = Vous pouvez maintenant vous connecter à { $realm } avec un autre compte.
mail-identity-unlinked-subject = Un compte a été dissocié de votre compte { $realm }
mail-identity-unlinked-lead = Un compte ne vous connecte plus à { $realm }.

# Deletion
mail-deletion-scheduled-subject = Votre compte { $realm } va être supprimé
mail-deletion-scheduled-lead = Votre compte { $realm } va être supprimé.
mail-deletion-scheduled-advice = D’ici là, vous pouvez changer d’avis. Ensuite, rien ne peut être récupéré.
mail-deletion-scheduled-undo = Garder le compte
mail-deletion-undone-subject = Votre compte { $realm } est conservé
mail-deletion-undone-lead = Votre compte { $realm } ne sera pas supprimé.
mail-account-deleted-subject = Votre compte { $realm } a été supprimé
mail-account-deleted-lead = Votre compte { $realm } et ses données ont été supprimés.
mail-account-deleted-advice = C’est le dernier message à propos de ce compte.

# Data export
mail-export-ready-subject = Vos données { $realm } sont prêtes
mail-export-ready-lead = L’archive de vos données { $realm } est prête.
mail-export-ready-days =
    { $days ->
        [one] Vous pouvez la télécharger pendant { $days } jour. Connectez-vous d’abord.
       *[other] Vous pouvez la télécharger pendant { $days } jours. Connectez-vous d’abord.
    }
mail-export-ready-submit = Télécharger
mail-export-ready-note = L’archive contient des données personnelles. Gardez-la en lieu sûr.

# Invitation
mail-invitation-to-sign-up-subject = Vous êtes invité à rejoindre { $realm }
mail-invitation-to-sign-up-lead = Vous êtes invité à créer un compte { $realm }.
mail-invitation-to-sign-up-days =
    { $days ->
        [one] L’invitation est valable { $days } jour.
       *[other] L’invitation est valable { $days } jours.
    }
mail-invitation-to-sign-up-submit = Créer le compte
mail-invitation-to-sign-up-note = Si vous ne l’attendiez pas, ignorez ce message. Aucun compte n’est créé sans vous.

# Text messages: short, no link
sms-sign-in-code =
    { $minutes ->
        [one] { $code } est votre code de connexion à { $realm }. Il est valable { $minutes } minute.
       *[other] { $code } est votre code de connexion à { $realm }. Il est valable { $minutes } minutes.
    }
sms-verify-phone =
    { $minutes ->
        [one] { $code } est votre code pour confirmer ce numéro chez { $realm }. Il est valable { $minutes } minute.
       *[other] { $code } est votre code pour confirmer ce numéro chez { $realm }. Il est valable { $minutes } minutes.
    }
sms-account-exists = Vous avez déjà un compte { $realm }. Connectez-vous avec ce numéro.

mail-mail-test-subject = Message de test de { $realm }
mail-mail-test-lead = L’envoi d’e-mails de { $realm } fonctionne.
mail-mail-test-note = Ce message a été demandé par l’administration. Vous n’avez rien à faire.
sms-test = Les SMS de { $realm } fonctionnent. Celui-ci a été demandé par un administrateur.

# Numéros de téléphone
mail-phone-added-subject = Un numéro de téléphone a été ajouté à votre compte { $realm }
mail-phone-added-lead = Un numéro de téléphone a été ajouté à votre compte { $realm }.
mail-phone-changed-subject = Le numéro principal de votre compte { $realm } a changé
mail-phone-changed-lead = Les codes de votre compte { $realm } sont maintenant envoyés à un autre numéro de téléphone.
mail-phone-removed-subject = Un numéro de téléphone a été retiré de votre compte { $realm }
mail-phone-removed-lead = Un numéro de téléphone a été retiré de votre compte { $realm }.
mail-number = Numéro
