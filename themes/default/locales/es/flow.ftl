# Textos de inicio de sesión, registro y recuperación, por página. Trato de usted, presente, sin reproches.

# Ways to sign in, as buttons
method-password = Usar su contraseña
method-email-code = Recibir un código por correo
method-phone-code = Recibir un código por SMS
method-passkey = Usar una llave de acceso
method-security-key = Usar su llave de seguridad
method-totp = Usar su aplicación de autenticación
method-recovery-code = Usar un código de recuperación
method-other = Usar { $method }
ways-or = o
ways-other = Otras formas
ways-last-used = Última usada
ways-provider = Continuar con { $provider }
ways-sign-up = Crear una cuenta
ways-sign-up-question = ¿Es su primera vez aquí?
ways-recover = ¿Olvidó su contraseña?
ways-restart = Usar otra cuenta

# Account named on a page
account-as = Inicia sesión como

# Codes: every kind
code-label = Código
code-submit = Continuar
code-resend = Enviar un código nuevo
code-required = Escriba el código.
code-wrong = Ese código no ha funcionado. Revíselo e inténtelo de nuevo.
code-expired = Ese código es demasiado antiguo. Pida uno nuevo.
code-too-many = Demasiados intentos con este código. Pida uno nuevo.
code-attempts-left =
    { $count ->
        [one] Queda 1 intento con este código
       *[other] Quedan { $count } intentos con este código
    }
remember-device =
    { $days ->
        [one] No volver a preguntar en este dispositivo durante un día
       *[other] No volver a preguntar en este dispositivo durante { $days } días
    }
remember-device-hint = Solo en un dispositivo que nadie más use. Puede deshacerlo en su cuenta.
code-other-address = Usar otra dirección

# Code by e-mail
email-code-title = Revise su correo
email-code-lead = Hemos enviado un código a { $to }.
email-code-hint = El código vale durante 10 minutos. Mire también en el correo no deseado.
email-code-hint-link = Escriba el código o abra el enlace del correo en este navegador. Ambos valen durante 10 minutos.

# Code by text message
phone-code-title = Revise su teléfono
phone-code-lead = Hemos enviado un código por SMS al { $to }.
phone-code-hint = El código vale durante 10 minutos.

# Authenticator app
totp-title = Escriba su código
totp-lead = Abra su aplicación de autenticación y escriba el código que muestra.

# Recovery code
recovery-code-title = Usar un código de recuperación
recovery-code-lead = Escriba uno de los códigos que guardó al proteger esta cuenta.
recovery-code-hint = Cada código sirve una sola vez.

# Verifying an address or a number
verify-email-title = Confirme su dirección
verify-phone-title = Confirme su número de teléfono

# Passkey
passkey-title = Use su llave de acceso
passkey-lead = Su dispositivo le pide la huella, el rostro o el bloqueo de pantalla.
passkey-submit = Continuar con la llave de acceso
passkey-sign-in = Iniciar sesión con una llave de acceso
passkey-waiting = Continúe en su dispositivo
passkey-unsupported = Este navegador no admite llaves de acceso. Elija otra forma más abajo.
passkey-noscript = Las llaves de acceso necesitan scripts, desactivados en este navegador. Las demás formas funcionan sin ellos.
passkey-cancelled = No se ha usado ninguna llave de acceso. Inténtelo de nuevo o elija otra forma.
passkey-not-created = No se ha creado ninguna llave de acceso. Inténtelo de nuevo.
passkey-failed = Esa llave de acceso no ha funcionado aquí. Inténtelo de nuevo o elija otra forma.
passkey-exists = Este dispositivo ya tiene una llave de acceso para su cuenta.

# Security key
security-key-title = Use su llave de seguridad
security-key-lead = Conecte su llave o acérquela a su dispositivo y después tóquela.
security-key-submit = Continuar con la llave de seguridad
security-key-waiting = Toque su llave de seguridad
security-key-unsupported = Este navegador no admite llaves de seguridad. Elija otra forma.
security-key-noscript = Las llaves de seguridad necesitan scripts, desactivados en este navegador. Las demás formas funcionan sin ellos.
security-key-cancelled = No se ha usado ninguna llave de seguridad. Inténtelo de nuevo o elija otra forma.
security-key-failed = Esa llave de seguridad no ha funcionado aquí. Inténtelo de nuevo o elija otra forma.
security-key-unknown = Esta llave de seguridad no se conoce aquí. Es de otra cuenta o se quitó de la suya.
security-key-exists = Esta llave de seguridad ya está en su cuenta.

# Link in an e-mail
confirm-link-title = Terminar de iniciar sesión
confirm-link-lead = Ha abierto el enlace que le enviamos.
confirm-link-verify-title = Confirme su dirección
confirm-link-recover-title = Elija una contraseña nueva
confirm-link-recover-submit = Continuar
confirm-link-submit = Iniciar sesión
confirm-link-verify-submit = Confirmar
confirm-link-not-you = Si no lo ha pedido, cierre esta página. No ocurre nada.
show-code-title = Escriba este código en su otro dispositivo
show-code-lead = Ha abierto el enlace en un navegador distinto del que usó para empezar.
show-code-hint =
    { $minutes ->
        [one] Escríbalo en la página donde empezó. Vale durante 1 minuto.
       *[other] Escríbalo en la página donde empezó. Vale durante { $minutes } minutos.
    }
show-code-warning = Nunca lea este código a nadie.

# Choosing a method
choose-method-title = ¿Cómo quiere continuar?
choose-method-help = No puedo usar ninguna de estas

# Sign-up
sign-up-title = Cree su cuenta
sign-up-one-contact = Basta con un correo o un número de teléfono. Rellene uno de los dos.
sign-up-not-invited = Use la dirección a la que se envió su invitación.
sign-up-submit = Crear cuenta
sign-up-sign-in-question = ¿Ya tiene una cuenta?
sign-up-sign-in = Iniciar sesión
sign-up-password = Contraseña
sign-up-password-optional = Puede dejarla vacía e iniciar sesión con un código.
password-hint-length =
    { $min ->
        [one] Al menos 1 carácter. Unas pocas palabras al azar forman una contraseña segura.
       *[other] Al menos { $min } caracteres. Unas pocas palabras al azar forman una contraseña segura.
    }
password-hint-leaks = Se rechazan las contraseñas conocidas por filtraciones.
sign-up-terms = Acepto:
sign-up-terms-required = Acepte para continuar.
field-optional = (opcional)
field-choose = Elegir…
field-required = Este dato es necesario.
field-invalid = Esto no parece correcto. Revise la ortografía.
field-email = Correo electrónico
field-username = Nombre de usuario
field-name = Nombre
field-given-name = Nombre de pila
field-family-name = Apellidos
field-birthdate = Fecha de nacimiento
field-middle-name = Segundo nombre
field-nickname = Apodo
field-preferred-username = Nombre de usuario preferido
field-profile = Página de perfil
field-picture = Dirección de una imagen
field-website = Sitio web
field-gender = Género
field-zoneinfo = Zona horaria
sign-up-taken-username = Este nombre de usuario ya está en uso.
sign-up-domain = Aquí no se pueden usar direcciones de este proveedor. Use otra.

# What the profile lacks, at a later sign-in
complete-profile-title = Complete su perfil
complete-profile-lead = Todavía faltan algunos datos. Puede cambiarlos en su cuenta cuando quiera.
complete-profile-needed = Algunos datos son necesarios para continuar. Podrá cambiarlos más tarde en su cuenta.
complete-profile-submit = Guardar y continuar
complete-profile-skip = Ahora no

# Recovery
recover-title = Restablezca su contraseña
recover-lead = Escriba con qué inicia sesión. Enviaremos un código a la dirección de esa cuenta.
recover-submit = Enviar un código
recover-back = Volver al inicio de sesión
recover-sent-title = Revise su correo
recover-sent-lead = Si hay una cuenta para { $to }, le hemos enviado un código.
new-password-title = Elija una contraseña nueva
new-password-label = Contraseña nueva
new-password-submit = Guardar contraseña
new-password-ends-sessions = Al guardarla se cierra su sesión en todos los demás lugares.

# Setting up a second step
choose-enrolment-title = Proteja su cuenta
choose-enrolment-required = Esta cuenta necesita un segundo paso para iniciar sesión.
choose-enrolment-recommended = Recomendado
enrol-passkey-button = Crear una llave de acceso
enrol-passkey-note = Huella, rostro o bloqueo de pantalla. Nada que escribir.
enrol-security-key-button = Añadir una llave de seguridad
enrol-security-key-note = Una llave que conecta o acerca a su dispositivo, y toca.
enrol-security-key-title = Añada una llave de seguridad
enrol-security-key-lead = Desde ahora, al iniciar sesión se le pide también que la toque.
enrol-security-key-submit = Añadir llave de seguridad
enrol-security-key-point-spare = Más adelante puede añadir otra, por si pierde esta
enrol-totp-button = Configurar una aplicación de autenticación
enrol-totp-note = Seis cifras de una aplicación de su teléfono.
enrol-phone-button = Añadir un número de teléfono
enrol-phone-note = Un código por SMS. Menos seguro que los demás.
enrol-totp-title = Configure su aplicación de autenticación
enrol-totp-scan = Escanee esta imagen con la aplicación.
enrol-totp-qr = Código QR para su aplicación de autenticación
enrol-totp-manual = ¿No puede escanearla?
enrol-totp-key = Escriba esta clave en la aplicación
enrol-totp-open = Abrir una aplicación en este dispositivo
enrol-totp-code = Escriba el código que muestra la aplicación.
enrol-totp-submit = Confirmar
enrol-totp-wrong = Ese código no ha funcionado. Compruebe que el reloj de su teléfono está en hora.
enrol-passkey-title = Cree una llave de acceso
enrol-passkey-lead = La próxima vez inicia sesión con su huella, su rostro o el bloqueo de pantalla.
enrol-passkey-submit = Crear llave de acceso
enrol-passkey-point-fast = Nada que recordar ni que escribir
enrol-passkey-point-safe = Solo funciona aquí, así que resiste la suplantación
enrol-passkey-point-local = Su huella o su rostro nunca salen de su dispositivo
recovery-codes-title = Guarde sus códigos de recuperación
recovery-codes-lead = Si pierde su dispositivo, cada uno de estos códigos le deja entrar una vez.
recovery-codes-store = Guárdelos con sus papeles importantes, no en su correo.
recovery-codes-download = Descargar
recovery-codes-copy = Copiar
recovery-codes-copied = Copiado
recovery-codes-file = codigos-de-recuperacion.txt
recovery-codes-saved = He guardado estos códigos
recovery-codes-saved-required = Guarde primero los códigos y después marque la casilla.
recovery-codes-submit = Continuar

# Connecting an account of a provider
link-account-title = Ya tiene una cuenta
link-account-lead = Demuestre que es suya y desde ahora podrá iniciar sesión con { $provider }.
link-account-here = Su cuenta aquí
link-account-password = Contraseña de su cuenta aquí
link-account-submit = Conectar y continuar
link-account-prove = Demuestre que es suya
sign-up-connects = La próxima vez podrá iniciar sesión con { $provider }.

# What the flow refuses
password-too-short = Es demasiado corta. Use más caracteres; unas pocas palabras al azar se recuerdan bien.
password-common = Muchas personas usan esta contraseña. Elija una que solo se le ocurra a usted.
password-context = No forme la contraseña con su nombre, su dirección o el nombre de este servicio.
sign-up-already-registered = Ya hay una cuenta con esta dirección. Vuelva atrás e inicie sesión.

# Passkey
passkey-expired = Ha pasado demasiado tiempo. Inténtelo de nuevo.
passkey-unknown = Esta llave de acceso no se conoce aquí. Es de otro sitio o se quitó de su cuenta.

# Setting up a second step
offer-passkey-title = Inicie sesión más rápido la próxima vez
offer-passkey-skip = Ahora no

## Un número que se añade, y uno para el que se pide un código.
phone-label = Número de teléfono
phone-hint = Con el prefijo del país, por ejemplo { $example }.
phone-send = Recibir un código por SMS
phone-required = Escriba su número de teléfono.
phone-malformed = Eso no parece un número de teléfono. Escríbalo con el prefijo del país.
phone-country = No enviamos SMS a números de este país. Use otro número u otra forma.
phone-unavailable = En este momento no podemos enviar un SMS a este número. Use otra forma.
phone-taken = Este número pertenece a otra cuenta.
phone-code-lead-account = Si la cuenta { $to } tiene un número de teléfono, le hemos enviado un código por SMS.
enrol-phone-risk = Otras personas pueden hacerse con sus SMS, por ejemplo apropiándose de su número. Una aplicación o una llave de acceso es más segura.
phone-other = Usar otro número
