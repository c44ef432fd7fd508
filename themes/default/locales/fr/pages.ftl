# Textes des pages, par page. Vouvoiement, présent, sans reproche.

# Every page
# The language's own name.
language-name = Français
language-label = Langue
skip-link = Aller à la partie principale
nav-label = Rubriques
error-title-prefix = Erreur :
error-summary-title = Vérifiez ceci et réessayez
footer-terms = Conditions
footer-privacy = Confidentialité
footer-help = Aide
lead-continue-to = pour continuer vers
app-terms = conditions
app-privacy = politique de confidentialité
app-home = site web

# Identifier
identify-title = Connexion
identify-label-email = Adresse e-mail
identify-label-username = Nom d’utilisateur
identify-label-phone = Numéro de téléphone
identify-label-email-username = Adresse e-mail ou nom d’utilisateur
identify-label-email-phone = Adresse e-mail ou numéro de téléphone
identify-label-username-phone = Nom d’utilisateur ou numéro de téléphone
identify-label-any = Adresse e-mail, nom d’utilisateur ou numéro de téléphone
identify-submit = Continuer
identify-required = Saisissez votre identifiant de connexion, par exemple votre adresse e-mail.
identify-malformed = Cela ne peut pas être un compte ici. Vérifiez l’orthographe.

# Password
password-title = Saisissez votre mot de passe
password-label = Mot de passe
password-show = Afficher
password-hide = Masquer
password-not-you = Pas vous ?
password-submit = Se connecter
password-required = Saisissez votre mot de passe.
password-wrong = Le mot de passe ne correspond pas à ce compte. Vérifiez les deux et réessayez.
password-too-long = C’est plus long qu’un mot de passe ne peut l’être.
password-unexpected-account = L’application demande un autre compte. Choisissez « Pas vous ? » pour vous connecter avec celui-ci.

# Why somebody who is signed in is asked again
reason-step-up = L’application vous demande de confirmer que c’est bien vous.
reason-account = Confirmez que c’est bien vous avant de modifier votre compte.

# Account chooser
choose-account-title = Choisissez un compte
choose-account-signed-in = Connecté
choose-account-another = Utiliser un autre compte

# Consent
consent-title = { $app } demande l’accès
consent-verified = Vérifiée
consent-unverified = Non vérifiée
consent-unverified-note = Personne ici n’a vérifié cette application. N’autorisez que si vous avez confiance en sa destination.
consent-destination = Mène à
consent-scopes = Elle pourrait
consent-always = (toujours nécessaire)
consent-no-scopes = Savoir que vous avez un compte ici
consent-remembered = Votre réponse est conservée : le même accès ne vous sera pas redemandé.
consent-accept = Autoriser
consent-deny = Ne pas autoriser
consent-none-chosen = Choisissez au moins un type d’accès, ou n’autorisez pas.

# Scopes as sentences
scope-openid = Savoir qui vous êtes, par un numéro de compte
scope-profile = Voir votre nom et votre profil
scope-email = Voir votre adresse e-mail
scope-phone = Voir votre numéro de téléphone
scope-address = Voir votre adresse postale
scope-offline_access = Garder cet accès en votre absence
scope-other = Utiliser « { $scope } »

# Slowed
slowed-title = Trop d’essais
slowed-retry-seconds =
    { $count ->
        [one] Vous pourrez réessayer dans { $count } seconde.
       *[other] Vous pourrez réessayer dans { $count } secondes.
    }
slowed-retry-minutes =
    { $count ->
        [one] Vous pourrez réessayer dans { $count } minute.
       *[other] Vous pourrez réessayer dans { $count } minutes.
    }
slowed-disabled = La connexion avec ce mot de passe est désactivée après trop d’essais. Demandez de l’aide pour en obtenir un nouveau.
slowed-network-seconds =
    { $count ->
        [one] Trop de connexions viennent de votre réseau. Vous pourrez réessayer dans { $count } seconde.
       *[other] Trop de connexions viennent de votre réseau. Vous pourrez réessayer dans { $count } secondes.
    }
slowed-network-minutes =
    { $count ->
        [one] Trop de connexions viennent de votre réseau. Vous pourrez réessayer dans { $count } minute.
       *[other] Trop de connexions viennent de votre réseau. Vous pourrez réessayer dans { $count } minutes.
    }
slowed-restart = Recommencer

# Sign out
confirm-logout-title = Se déconnecter ?
confirm-logout-app = { $app } demande votre déconnexion.
confirm-logout-note = Vous devrez vous reconnecter pour utiliser vos applications.
confirm-logout-confirm = Se déconnecter
confirm-logout-cancel = Rester connecté
signed-out-title = Vous êtes déconnecté
signed-out-note = Votre session chez { $realm } est terminée dans ce navigateur.
signed-out-back = Retour à { $app }
signed-out-again = Se reconnecter

# Failed
failed-title = Connexion impossible
failed-denied = Vous n’avez pas autorisé l’accès, donc rien n’a été partagé.
failed-account-inactive = Ce compte ne peut pas être utilisé pour le moment. Demandez de l’aide si vous pensez qu’il devrait l’être.
failed-unmet = L’application demande un type de connexion qui n’existe pas ici.
failed-leaving = Ce compte va être supprimé. Pour le garder, ouvrez votre compte, connectez-vous et choisissez de le garder.
failed-leaving-open = Ouvrir mon compte
failed-back = Retour à { $app }
failed-back-plain = Retour

# Continue
continue-title = En route vers { $app }
continue-title-plain = Un instant
continue-note = Si rien ne se passe, utilisez le bouton.
continue-submit = Continuer

# Error
error-code = Code
error-reference = Référence
error-time = Heure
error-developer = Pour les développeurs
error-start-again = Recommencer
error-back-to-sign-in = Retour à la connexion

# Realm home
home-title = Bienvenue
home-signed-in = Vous êtes connecté
home-signed-in-note = Ce navigateur a une session chez { $realm }.
home-signed-out-note = Connectez-vous à votre compte { $realm }.
home-sign-in = Se connecter
home-sign-out = Se déconnecter
home-apps = Vos applications

# First operator
setup-title = Créer le premier opérateur
setup-note = L’opérateur gère tous les realms de cette installation. Ce lien fonctionne une fois.
setup-email = Adresse e-mail
setup-name = Nom (facultatif)
setup-password = Mot de passe
setup-password-hint =
    { $min ->
        [one] Au moins { $min } caractère. Quelques mots sans rapport font un bon mot de passe.
       *[other] Au moins { $min } caractères. Quelques mots sans rapport font un bon mot de passe.
    }
setup-submit = Créer l’opérateur
setup-done-title = L’opérateur est prêt
setup-done-note = Connectez-vous avec { $email } et le mot de passe choisi.
setup-done-sign-in = Se connecter
setup-email-invalid = Saisissez une adresse e-mail complète, comme ada@example.com.
setup-email-taken = Un opérateur a déjà cette adresse e-mail. Utilisez-en une autre.
setup-name-invalid = Ce nom contient des caractères qui ne peuvent pas être utilisés.
setup-password-short = Utilisez au moins { $min } caractères.
setup-password-long = Utilisez au plus { $max } caractères.
setup-password-common = Beaucoup de gens utilisent ce mot de passe. Choisissez-en un auquel vous seul pourriez penser.
setup-password-context = Ne formez pas le mot de passe avec votre nom, votre adresse ou le nom de ce service.
