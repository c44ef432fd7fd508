# Le compte de la personne.
home-manage = Gérer votre compte
account-nav = Rubriques de votre compte
account-title = Votre compte
account-lead = Voyez ce qui protège votre compte { $realm } et où il est utilisé.
account-check-up = Contrôle de sécurité
account-open-app = Ouvrir
account-cancel = Annuler
account-back = Retour à votre compte
account-section-home = Vue d’ensemble
account-section-security = Sécurité
account-section-sessions = Appareils
account-section-apps = Applications connectées
account-check-password = Vous avez un mot de passe.
account-check-no-password = Vous vous connectez sans mot de passe.
account-check-second = Une deuxième étape protège votre connexion.
account-check-no-second = Aucune deuxième étape ne protège encore votre connexion.
account-check-devices-one = Vous êtes connecté sur cet appareil seulement.
account-check-devices =
    { $count ->
        [one] Vous êtes connecté sur { $count } appareil.
       *[other] Vous êtes connecté sur { $count } appareils.
    }
account-check-see = Voir
account-check-change = Changer
account-security = Sécurité
account-security-lead = Ce qui sert à vous connecter et ce qui le protège.
account-card-password = Mot de passe
account-card-password-since = Dernier changement
account-card-password-none = Non défini
account-card-change = Changer
account-card-set = En définir un
account-card-sessions = Appareils
account-card-sessions-text = Où vous êtes connecté en ce moment
account-card-see = Voir
account-password = Mot de passe
account-password-lead = Tous les autres appareils et applications sont déconnectés, et vous êtes prévenu par e-mail.
account-password-new = Nouveau mot de passe
account-password-change = Changer le mot de passe
account-password-set = Définir le mot de passe
account-password-none = Ce service n’a pas de mots de passe. Vous vous connectez autrement.
account-done-password = Votre mot de passe a été changé. Tous les autres appareils sont déconnectés.
account-sessions = Appareils
account-sessions-lead = Navigateurs et appareils connectés à votre compte.
account-session-this = Cet appareil
account-session-last = Dernière utilisation
account-session-since = Connecté depuis
account-session-apps = Utilisé par
account-session-end = Déconnecter
account-session-end-others = Se déconnecter partout ailleurs
account-trusted = Navigateurs de confiance
account-trusted-lead = Aucune deuxième étape n’y est demandée à la connexion. Un nouveau mot de passe y met fin.
account-trusted-until = Redemandée à partir du
account-trusted-forget = Redemander
account-done-session = Cet appareil est déconnecté.
account-done-sessions = Vous êtes déconnecté partout ailleurs.
account-gone-session = Cet appareil était déjà déconnecté.
account-done-forgotten = Une deuxième étape y est de nouveau demandée.
account-gone-device = Ce navigateur n’était plus de confiance.
device-both = { $browser } sur { $system }
device-browser = { $browser }
device-system = { $system }
device-unknown = Appareil inconnu
account-apps = Applications connectées
account-apps-lead = Applications qui peuvent utiliser votre compte.
account-apps-others = Applications d’autres fournisseurs
account-apps-own = Applications de { $realm }
account-apps-none = Aucune application n’a accès à votre compte.
account-app-since = Accès depuis
account-app-used = Dernière utilisation
account-app-withdraw = Retirer l’accès
account-done-app = Accès retiré. L’application peut garder les données déjà copiées.
account-gone-app = Cette application n’avait plus d’accès.

account-card-passkeys = Clés d’accès
account-card-passkeys-none = Aucune pour l’instant
account-card-passkeys-one = Une clé d’accès
account-card-passkeys-count =
    { $count ->
        [one] { $count } clé d’accès
       *[other] { $count } clés d’accès
    }
account-passkeys = Clés d’accès
account-passkeys-lead = Connectez-vous avec votre empreinte, votre visage ou le déverrouillage de l’appareil. Rien à retenir.
account-passkeys-none = Vous n’avez pas encore de clé d’accès.
account-passkey-unnamed = Clé d’accès
account-passkey-synced = Sur plusieurs appareils
account-passkey-since = Ajoutée
account-passkey-used = Dernière utilisation
account-passkey-label = Nom de cette clé d’accès
account-passkey-rename = Renommer
account-passkey-remove = Supprimer
account-passkey-add = Ajouter une clé d’accès
account-passkey-last = C’est le dernier accès à votre compte. Ajoutez-en d’abord un autre.
account-passkey-label-invalid = Un nom compte 60 caractères au plus.
account-done-passkey-renamed = La clé d’accès a son nouveau nom.
account-done-passkey-removed = La clé d’accès a été supprimée. Vous pouvez aussi l’effacer de votre appareil.
account-gone-passkey = Cette clé d’accès était déjà supprimée.
account-save = Enregistrer
account-remove = Supprimer
account-section-profile = Profil
account-section-emails = Adresses e-mail
account-section-activity = Activité
account-profile = Profil
account-profile-lead = Ce que les applications que vous autorisez peuvent voir de vous.
account-profile-managed = Géré pour vous
account-language = Langue
account-done-profile = Votre profil est enregistré.
account-emails = Adresses e-mail
account-emails-lead = Les e-mails sur votre compte vont à l’adresse principale, les avis de sécurité à chaque adresse confirmée. Les adresses confirmées permettent de vous connecter.
account-emails-none = Il n’y a pas encore d’adresse.
account-email-primary = Adresse principale
account-email-verified = Confirmée
account-email-not-verified = Non confirmée
account-email-verify = Confirmer
account-email-make-primary = Définir comme principale
account-email-new = Nouvelle adresse
account-email-new-hint = Un code y est envoyé, pour vérifier qu’elle est à vous.
account-email-add = Ajouter une adresse
account-email-confirm = Confirmez votre adresse
account-email-confirm-lead = Saisissez le code envoyé à
account-email-confirm-submit = Confirmer l’adresse
account-email-over = Ce code n’est plus valable. Demandez-en un nouveau.
account-email-again = Envoyer un nouveau code
account-email-yours = Cette adresse est déjà la vôtre.
account-email-too-many = Vous ne pouvez pas avoir plus d’adresses. Supprimez-en d’abord une.
account-email-unproven = Confirmez d’abord cette adresse.
account-email-main = L’adresse principale reste. Définissez d’abord une autre adresse comme principale.
account-email-taken = Cette adresse appartient à un autre compte.
account-done-email-added = L’adresse est confirmée. Vous pouvez en faire l’adresse principale.
account-done-email-primary = Les e-mails vont maintenant à votre nouvelle adresse principale.
account-done-email-removed = L’adresse est supprimée.
account-authenticators = Applications d’authentification
account-authenticators-lead = Une application de votre téléphone qui affiche un code pour la deuxième étape.
account-authenticators-none = Aucune application d’authentification ne protège encore votre compte.
account-authenticator-add = Ajouter une application d’authentification
account-authenticator-unnamed = Application d’authentification
account-authenticator-confirm = Ajouter cette application
account-factor-since = Ajoutée
account-factor-rename = Renommer
account-factor-label = Nom
account-factor-last = Ce service exige une deuxième étape. Ajoutez-en une autre avant de supprimer la dernière.
account-factor-too-many = Vous ne pouvez pas en avoir plus. Supprimez-en d’abord une.
account-factor-over = Cela a pris trop de temps. Recommencez pour ajouter une application.
account-done-factor-added = L’application d’authentification est ajoutée.
account-done-factor-renamed = Le nom est enregistré.
account-done-factor-removed = L’application d’authentification est supprimée.
account-codes = Codes de récupération
account-codes-lead = Chaque code vous connecte une fois, si vous avez perdu votre téléphone.
account-codes-none = Vous n’avez pas de codes de récupération.
account-codes-left =
    { $count ->
        [one] Il reste { $count } code
       *[other] Il reste { $count } codes
    }
account-codes-since = Créés
account-codes-make = Créer des codes
account-codes-renew = Créer de nouveaux codes
account-codes-renew-note = Les nouveaux codes remplacent les anciens, qui ne sont plus valables.
account-done-codes = Vos nouveaux codes de récupération sont actifs.
account-linked = Comptes associés
account-linked-lead = Comptes d’autres fournisseurs avec lesquels vous pouvez vous connecter.
account-linked-none = Aucun compte d’un autre fournisseur n’est associé.
account-linked-since = Associé
account-linked-last = C’est votre dernier accès. Définissez d’abord un mot de passe.
account-linked-others = Vous pouvez aussi associer
account-linked-link = Associer
account-linked-unlink = Dissocier
account-done-linked = Le compte est associé. Vous pouvez vous connecter avec lui.
account-done-unlinked = Le compte est dissocié.
account-activity = Activité
account-activity-lead = Ce qui s’est passé sur votre compte, du plus récent au plus ancien.
account-activity-none = Rien sur cette période.
account-activity-older = Entrées plus anciennes
account-not-me-title = Quelque chose ici n’était pas vous ?
account-not-me-note = Tous les autres appareils et applications sont déconnectés, puis vous choisissez un nouveau mot de passe.
account-not-me = Protéger mon compte
account-done-secured = Tous les autres appareils et applications sont déconnectés. Choisissez maintenant un nouveau mot de passe.
account-card-authenticators = Applications d’authentification
account-card-authenticators-none = Aucune ajoutée
account-card-authenticators-text =
    { $count ->
        [one] { $count } ajoutée
       *[other] { $count } ajoutées
    }
account-card-codes = Codes de récupération
account-card-linked = Comptes associés
account-card-linked-text = Comptes d’autres fournisseurs qui vous connectent
account-card-add = Ajouter
activity-signed-in = Vous vous êtes connecté.
activity-signed-in-to = Vous vous êtes connecté à { $app }.
activity-sign-in-failed = Une connexion a échoué.
activity-created = Votre compte a été créé.
activity-emails = Vos adresses ont changé.
activity-phones = Vos numéros de téléphone ont changé.
activity-profile = Votre profil a changé.
activity-suspended = Votre compte a été suspendu.
activity-deletion-scheduled = Votre compte va être supprimé.
activity-active = Votre compte est de nouveau actif.
activity-signed-out = Un appareil a été déconnecté.
activity-consent-given = Vous avez autorisé { $app } à utiliser votre compte.
activity-consent-denied = Vous avez refusé { $app }.
activity-consent-withdrawn = L’accès de { $app } a été retiré.
activity-password-set = Un mot de passe a été défini.
activity-password-changed = Votre mot de passe a été changé.
activity-password-removed = Votre mot de passe a été supprimé.
activity-totp-added = Une application d’authentification a été ajoutée.
activity-totp-removed = Une application d’authentification a été supprimée.
activity-totp-renamed = Une application d’authentification a changé de nom.
activity-codes-made = Des codes de récupération ont été créés.
activity-codes-removed = Des codes de récupération ont été supprimés.
activity-passkey-added = Une clé d’accès a été ajoutée.
activity-passkey-removed = Une clé d’accès a été supprimée.
activity-passkey-renamed = Une clé d’accès a changé de nom.
activity-clone = Une clé d’accès semblait copiée et a été refusée.
activity-trusted = Un navigateur a été déclaré de confiance : aucune deuxième étape n’y est demandée pendant un temps.
activity-forgotten = Un navigateur n’est plus de confiance.
activity-linked = Un compte d’un autre fournisseur a été associé.
activity-unlinked = Un compte d’un autre fournisseur a été dissocié.
activity-by-admin = par l’administration
activity-by-app = par { $app }
activity-by-system = par le service
account-section-privacy = Vos données
account-privacy = Vos données
account-privacy-lead = Ce qui est conservé sur vous, et comment partir.
account-delete = Supprimer votre compte
account-delete-off = Ce service supprime les comptes sur demande seulement. Adressez-vous à son responsable.
account-delete-what = Votre profil, vos adresses, vos moyens de connexion et vos comptes associés sont effacés.
account-delete-apps = Chaque application perd son accès. Les données que les applications conservent elles-mêmes restent chez elles.
account-delete-log = Le journal de sécurité est conservé un certain temps, avec votre numéro de compte mais sans votre nom.
account-delete-grace =
    { $days ->
        [one] Vous êtes aussitôt déconnecté partout. Pendant { $days } jour, vous pouvez vous connecter et garder le compte.
       *[other] Vous êtes aussitôt déconnecté partout. Pendant { $days } jours, vous pouvez vous connecter et garder le compte.
    }
account-delete-submit = Supprimer mon compte
account-delete-confirm = Oui, supprimer mon compte et tout ce qu’il contient
account-delete-unconfirmed = Cochez la case si vous voulez vraiment supprimer votre compte.
account-delete-prove = Continuer
account-leaving = Votre compte va être supprimé
account-leaving-date = Il est effacé le
account-leaving-keep = Garder mon compte
account-leaving-note = Si vous changez d’avis, connectez-vous avant ce jour, puis choisissez « Garder mon compte ».
account-leaving-sign-in = Se connecter pour le garder
account-done-kept = Votre compte reste. Vous pouvez l’utiliser comme avant.
account-export = Copie de vos données
account-export-note = Une archive de vos données : des fichiers pour les programmes, une page à lire et une signature qui prouve sa provenance.
account-export-submit = Préparer une copie
account-export-making = En préparation : { $percent } %
account-export-mail = Vous recevez un e-mail dès qu’elle est prête.
account-export-again = Actualiser
account-export-ready = Prête : { $kilobytes } ko
account-export-until = À télécharger jusqu’au { $day }
account-export-download = Télécharger
account-done-export = Votre copie est en préparation. Elle reste ici une semaine.
activity-export-requested = Vous avez demandé une copie de vos données.
activity-export-ready = La copie de vos données était prête.
activity-exported = Une copie de vos données a été téléchargée.

## Numéros de téléphone
account-section-phones = Numéros de téléphone
account-phones = Numéros de téléphone
account-phones-lead = Les codes par SMS sont envoyés au numéro principal.
account-phones-sign-in = Un tel code peut vous connecter.
account-phones-second = Il peut être la deuxième étape d’une connexion.
account-phones-none = Il n’y a pas encore de numéro.
account-phone-primary = Numéro principal
account-phone-add = Ajouter un numéro
account-phone-confirm = Confirmez votre numéro
account-phone-confirm-lead = Saisissez le code envoyé au
account-phone-confirm-submit = Confirmer le numéro
account-phone-yours = Ce numéro est déjà le vôtre.
account-phone-too-many = Vous avez autant de numéros que possible. Retirez-en d’abord un.
account-phone-unproven = Confirmez d’abord ce numéro.
account-phone-main = Le numéro principal reste. Choisissez d’abord un autre numéro principal.
account-phone-last-factor = Ce numéro est votre seule deuxième étape, et il en faut une ici. Ajoutez d’abord un autre moyen.
account-phone-last-way-in = Rien d’autre ne vous connecte. Ajoutez d’abord un autre moyen.
account-done-phone-added = Le numéro est confirmé.
account-done-phone-primary = Les codes sont maintenant envoyés à votre nouveau numéro principal.
account-done-phone-removed = Le numéro est retiré.

## Security keys
account-card-security-keys = Clés de sécurité
account-card-security-keys-none = Aucune ajoutée
account-card-security-keys-count =
    { $count ->
        [one] { $count } ajoutée
       *[other] { $count } ajoutées
    }
account-security-keys-lead = Des clés que vous branchez ou approchez de votre appareil, et touchez comme deuxième étape.
account-security-keys-none = Aucune clé de sécurité ne protège encore votre compte.
account-security-key-lead = Gardez votre clé à portée de main. Votre navigateur vous dit quand la toucher.
account-security-key-too-many = Vous ne pouvez pas avoir plus de clés. Supprimez-en d’abord une.
account-security-key-over = Cela a pris trop de temps. Recommencez pour ajouter une clé.
account-done-security-key-added = La clé de sécurité est ajoutée. Ajoutez-en une deuxième, au cas où vous perdriez celle-ci.
account-done-security-key-removed = La clé de sécurité est supprimée. Elle ne permet plus de se connecter.
activity-security-key-added = Une clé de sécurité a été ajoutée.
activity-security-key-removed = Une clé de sécurité a été supprimée.
activity-security-key-renamed = Une clé de sécurité a changé de nom.
activity-security-key-clone = Une clé de sécurité semblait copiée et a été refusée.
