# Textos de las páginas, por página. Trato de usted, presente, sin reproches.

# Every page
# The language's own name.
language-name = Español
language-label = Idioma
skip-link = Ir a la parte principal
nav-label = Secciones
error-title-prefix = Error:
error-summary-title = Revise esto e inténtelo de nuevo
footer-terms = Condiciones
footer-privacy = Privacidad
footer-help = Ayuda
lead-continue-to = para continuar a
app-terms = condiciones
app-privacy = aviso de privacidad
app-home = sitio web

# Identifier
identify-title = Iniciar sesión
identify-label-email = Correo electrónico
identify-label-username = Nombre de usuario
identify-label-phone = Número de teléfono
identify-label-email-username = Correo electrónico o nombre de usuario
identify-label-email-phone = Correo electrónico o número de teléfono
identify-label-username-phone = Nombre de usuario o número de teléfono
identify-label-any = Correo electrónico, nombre de usuario o número de teléfono
identify-submit = Continuar
identify-required = Escriba con qué inicia sesión, por ejemplo su correo electrónico.
identify-malformed = Esto no puede ser una cuenta aquí. Revise la ortografía.

# Password
password-title = Escriba su contraseña
password-label = Contraseña
password-show = Mostrar
password-hide = Ocultar
password-not-you = ¿No es usted?
password-submit = Iniciar sesión
password-required = Escriba su contraseña.
password-wrong = La contraseña no corresponde a esta cuenta. Revise ambas e inténtelo de nuevo.
password-too-long = Es más larga de lo que puede ser una contraseña.
password-unexpected-account = La aplicación pide otra cuenta. Elija «¿No es usted?» para iniciar sesión con ella.

# Why somebody who is signed in is asked again
reason-step-up = La aplicación le pide que confirme que es usted.
reason-account = Confirme que es usted antes de cambiar algo en su cuenta.

# Account chooser
choose-account-title = Elija una cuenta
choose-account-signed-in = Sesión iniciada
choose-account-another = Usar otra cuenta

# Consent
consent-title = { $app } pide acceso
consent-verified = Verificada
consent-unverified = Sin verificar
consent-unverified-note = Nadie aquí ha comprobado esta aplicación. Permítalo solo si confía en su destino.
consent-destination = Lleva a
consent-scopes = Podría
consent-always = (siempre necesario)
consent-no-scopes = Saber que tiene una cuenta aquí
consent-remembered = Su respuesta se guarda, para no volver a preguntarle por el mismo acceso.
consent-accept = Permitir
consent-deny = No permitir
consent-none-chosen = Elija al menos un tipo de acceso, o no lo permita.

# Scopes as sentences
scope-openid = Saber quién es usted, por un número de cuenta
scope-profile = Ver su nombre y su perfil
scope-email = Ver su correo electrónico
scope-phone = Ver su número de teléfono
scope-address = Ver su dirección postal
scope-offline_access = Conservar este acceso mientras usted no está
scope-other = Usar «{ $scope }»

# Slowed
slowed-title = Demasiados intentos
slowed-retry-seconds =
    { $count ->
        [one] Puede intentarlo de nuevo en 1 segundo.
       *[other] Puede intentarlo de nuevo en { $count } segundos.
    }
slowed-retry-minutes =
    { $count ->
        [one] Puede intentarlo de nuevo en 1 minuto.
       *[other] Puede intentarlo de nuevo en { $count } minutos.
    }
slowed-disabled = El inicio de sesión con esta contraseña se ha desactivado tras demasiados intentos. Pida ayuda para obtener una nueva.
slowed-network-seconds =
    { $count ->
        [one] Hubo demasiados inicios de sesión desde su red. Puede intentarlo de nuevo en 1 segundo.
       *[other] Hubo demasiados inicios de sesión desde su red. Puede intentarlo de nuevo en { $count } segundos.
    }
slowed-network-minutes =
    { $count ->
        [one] Hubo demasiados inicios de sesión desde su red. Puede intentarlo de nuevo en 1 minuto.
       *[other] Hubo demasiados inicios de sesión desde su red. Puede intentarlo de nuevo en { $count } minutos.
    }
slowed-restart = Empezar de nuevo

# Sign out
confirm-logout-title = ¿Cerrar sesión?
confirm-logout-app = { $app } pide cerrar su sesión.
confirm-logout-note = Tendrá que iniciar sesión de nuevo para usar sus aplicaciones.
confirm-logout-confirm = Cerrar sesión
confirm-logout-cancel = Seguir con la sesión
signed-out-title = Su sesión está cerrada
signed-out-note = Su sesión en { $realm } ha terminado en este navegador.
signed-out-back = Volver a { $app }
signed-out-again = Iniciar sesión de nuevo

# Failed
failed-title = No puede iniciar sesión
failed-denied = No permitió el acceso, así que no se ha compartido nada.
failed-account-inactive = Esta cuenta no se puede usar por el momento. Pida ayuda si cree que debería funcionar.
failed-unmet = La aplicación pide un tipo de inicio de sesión que aquí no existe.
failed-leaving = Esta cuenta se va a eliminar. Para conservarla, abra su cuenta, inicie sesión y elija conservarla.
failed-leaving-open = Abrir mi cuenta
failed-back = Volver a { $app }
failed-back-plain = Volver

# Continue
continue-title = Continuando a { $app }
continue-title-plain = Continuando
continue-note = Si no ocurre nada, use el botón.
continue-submit = Continuar

# Error
error-code = Código
error-reference = Referencia
error-time = Hora
error-developer = Para desarrolladores
error-start-again = Empezar de nuevo
error-back-to-sign-in = Volver al inicio de sesión

# Realm home
home-title = Le damos la bienvenida
home-signed-in = Tiene la sesión iniciada
home-signed-in-note = Este navegador tiene una sesión en { $realm }.
home-signed-out-note = Inicie sesión en su cuenta de { $realm }.
home-sign-in = Iniciar sesión
home-sign-out = Cerrar sesión
home-apps = Sus aplicaciones

# First operator
setup-title = Crear el primer operador
setup-note = El operador gestiona todos los realms de esta instalación. Este enlace funciona una vez.
setup-email = Correo electrónico
setup-name = Nombre (opcional)
setup-password = Contraseña
setup-password-hint =
    { $min ->
        [one] Al menos 1 carácter. Unas pocas palabras sin relación forman una buena contraseña.
       *[other] Al menos { $min } caracteres. Unas pocas palabras sin relación forman una buena contraseña.
    }
setup-submit = Crear operador
setup-done-title = El operador está listo
setup-done-note = Inicie sesión con { $email } y la contraseña que eligió.
setup-done-sign-in = Iniciar sesión
setup-email-invalid = Escriba un correo electrónico completo, como ada@example.com.
setup-email-taken = Ya hay un operador con este correo electrónico. Use otro.
setup-name-invalid = Este nombre tiene caracteres que no se pueden usar.
setup-password-short = Use al menos { $min } caracteres.
setup-password-long = Use como máximo { $max } caracteres.
setup-password-common = Muchas personas usan esta contraseña. Elija una que solo se le ocurra a usted.
setup-password-context = No forme la contraseña con su nombre, su dirección o el nombre de este servicio.
