# The page in a copy of somebody's data.
export-lead = Cette page montre ce qui était conservé sur vous au moment de la copie.
export-programs = Les fichiers voisins dont le nom se termine par .json contiennent les mêmes données, et tout le reste, pour les programmes.
export-proof = manifest.jws prouve d’où vient cette copie et que rien n’y a été modifié.
export-made = Créée le
export-sections = Sections de cette page
export-empty = Rien n’est conservé ici.
export-account = Ce qui identifie votre compte.
export-number = Numéro de compte
export-created = Création
export-address = Adresse postale
export-yes = Oui
export-no = Non
export-more-values =
    { $count ->
        [one] { $count } valeur que des applications conservent avec votre compte figure seulement dans account.json.
       *[other] { $count } valeurs que des applications conservent avec votre compte figurent seulement dans account.json.
    }
export-factors = Moyens de connexion
export-factors-lead = Ce qui vous permet de vous connecter. Les mots de passe, codes et clés eux-mêmes ne figurent dans aucune copie.
export-kind = Type
export-device = Appareil
export-ip = Adresse IP
export-trusted-since = De confiance depuis
export-app = Application
export-scopes = Ce qu’elle peut faire
export-own-app = Une des applications de { $realm }, qui ne demandent rien.
export-provider = Fournisseur
export-told = Ce qu’il a transmis
export-subject = Numéro de compte chez lui
export-email-verified = Adresse confirmée chez lui
export-what = Ce qui s’est passé
export-more-entries =
    { $count ->
        [one] { $count } entrée technique, comme les jetons d’une application, figure seulement dans activity.json.
       *[other] { $count } entrées techniques, comme les jetons des applications, figurent seulement dans activity.json.
    }
