# Correos y SMS, por tipo. El asunto ocupa una línea; primero qué ha pasado, después qué hacer.

# Every mail
mail-hello = Hola, { $name }:
mail-account = Cuenta
mail-when = Cuándo
mail-browser = Navegador
mail-address = Dirección IP
mail-open = Abrir { $realm }
mail-undo = Deshacer
mail-plain-link = Si el botón no funciona, abra esta dirección:
mail-support = Obtener ayuda
mail-not-you = Si no ha sido usted, cambie su contraseña y cierre sesión en todas partes.
mail-footer = { $realm } envía esto a { $account } porque afecta a la seguridad de su cuenta.
mail-footer-request = { $realm } envía esto porque alguien escribió { $account } allí.
mail-code-minutes =
    { $minutes ->
        [one] El código vale durante 1 minuto.
       *[other] El código vale durante { $minutes } minutos.
    }
mail-code-note = Si no lo ha pedido, ignore este mensaje. Nunca dé el código a nadie.
mail-old-address = Dirección anterior
mail-new-address = Dirección nueva
mail-removed-address = Dirección eliminada
mail-factor = Forma de iniciar sesión
mail-provider = Cuenta en
mail-deletion-date = Se elimina el

# Ways to sign in, as they are called in a list
factor-password = Contraseña
factor-email_code = Código por correo
factor-phone_code = Código por SMS
factor-passkey = Llave de acceso
factor-security_key = Llave de seguridad
factor-totp = Aplicación de autenticación
factor-recovery_code = Códigos de recuperación

# New browser
mail-new-device-subject = Nuevo inicio de sesión en su cuenta de { $realm }
mail-new-device-lead = Su cuenta de { $realm } se ha usado en un navegador que no conocíamos.
mail-new-device-advice = Si ha sido usted, no hay nada que hacer. Si no, cambie su contraseña y cierre sesión en todas partes.

# Password changed
mail-password-changed-subject = Su contraseña de { $realm } ha cambiado
mail-password-changed-lead = La contraseña de su cuenta de { $realm } ha cambiado.
mail-password-changed-advice = Si no ha sido usted, elija de inmediato una contraseña nueva con «¿Olvidó su contraseña?» en la página de inicio de sesión.

# Code to sign in
mail-sign-in-code-subject = Inicio de sesión en { $realm }
mail-sign-in-code-lead = Su código para iniciar sesión en { $realm }
mail-sign-in-code-submit = Iniciar sesión

# Confirm an address
mail-verify-email-subject = Confirme su correo electrónico para { $realm }
mail-verify-email-lead = Confirme que esta dirección es suya para usarla en { $realm }.
mail-verify-email-submit = Confirmar dirección

# New password
mail-recover-password-subject = Elija una contraseña nueva para { $realm }
mail-recover-password-lead = Use este código para elegir una contraseña nueva para su cuenta de { $realm }.
mail-recover-password-submit = Elegir una contraseña nueva

# Sign-up with an address that has an account
mail-account-exists-subject = Ya tiene una cuenta de { $realm }
mail-account-exists-lead = Ya tiene una cuenta de { $realm }
mail-account-exists-advice = Alguien intentó registrarse con su correo electrónico. No hace falta una segunda cuenta.
mail-account-exists-submit = Iniciar sesión
mail-account-exists-recover = Elegir una contraseña nueva
mail-account-exists-note = Si no ha sido usted, no hay nada que hacer. Nada ha cambiado.

# Addresses
mail-email-added-subject = Se ha añadido un correo electrónico a su cuenta de { $realm }
mail-email-added-lead = Se ha añadido un correo electrónico a su cuenta de { $realm }.
mail-email-changed-subject = El correo electrónico de su cuenta de { $realm } ha cambiado
mail-email-changed-lead = Su cuenta de { $realm } tiene ahora otra dirección principal.
mail-email-removed-subject = Se ha eliminado un correo electrónico de su cuenta de { $realm }
mail-email-removed-lead = Se ha eliminado un correo electrónico de su cuenta de { $realm }.

# Ways to sign in
mail-factor-added-subject = Nueva forma de iniciar sesión en { $realm }
mail-factor-added-lead = Se ha añadido una forma de iniciar sesión a su cuenta de { $realm }.
mail-factor-removed-subject = Se ha quitado una forma de iniciar sesión en { $realm }
mail-factor-removed-lead = Se ha quitado una forma de iniciar sesión de su cuenta de { $realm }.
mail-recovery-code-used-subject = Se ha usado un código de recuperación para entrar en { $realm }
mail-recovery-code-used-lead = Alguien ha iniciado sesión en su cuenta de { $realm } con un código de recuperación.
mail-codes-left = Códigos restantes
mail-passkey-copied-subject = Es posible que se haya copiado una llave de acceso de su cuenta de { $realm }
mail-passkey-copied-lead = Una llave de acceso de su cuenta de { $realm } ha respondido como lo haría una copia. El inicio de sesión se ha rechazado.
mail-passkey-copied-advice = Quite esa llave de acceso y añada una nueva. Si su dispositivo estuvo en otras manos, cambie también su contraseña y cierre sesión en todas partes.
mail-security-key-copied-subject = Es posible que se haya copiado una llave de seguridad de su cuenta de { $realm }
mail-security-key-copied-lead = Una llave de seguridad de su cuenta de { $realm } ha respondido como lo haría una copia. El inicio de sesión se ha rechazado.
mail-security-key-copied-advice = Quite esa llave y añada una nueva. Quien la usó conocía su contraseña: cámbiela y cierre sesión en todas partes.
mail-identity-linked-subject = Se ha conectado una cuenta a su cuenta de { $realm }
mail-identity-linked-lead = Ahora puede iniciar sesión en { $realm } con otra cuenta.
mail-identity-unlinked-subject = Se ha desconectado una cuenta de su cuenta de { $realm }
mail-identity-unlinked-lead = Una cuenta ya no le permite iniciar sesión en { $realm }.

# Deletion
mail-deletion-scheduled-subject = Su cuenta de { $realm } se eliminará
mail-deletion-scheduled-lead = Su cuenta de { $realm } se eliminará.
mail-deletion-scheduled-advice = Hasta entonces puede cambiar de opinión. Después no se puede recuperar nada.
mail-deletion-scheduled-undo = Conservar la cuenta
mail-deletion-undone-subject = Su cuenta de { $realm } se conserva
mail-deletion-undone-lead = Su cuenta de { $realm } no se eliminará.
mail-account-deleted-subject = Su cuenta de { $realm } se ha eliminado
mail-account-deleted-lead = Su cuenta de { $realm } y sus datos se han eliminado.
mail-account-deleted-advice = Este es el último mensaje sobre esta cuenta.

# Data export
mail-export-ready-subject = Sus datos de { $realm } están listos
mail-export-ready-lead = El archivo con sus datos de { $realm } está listo.
mail-export-ready-days =
    { $days ->
        [one] Puede descargarlo durante 1 día. Primero inicie sesión.
       *[other] Puede descargarlo durante { $days } días. Primero inicie sesión.
    }
mail-export-ready-submit = Descargar
mail-export-ready-note = El archivo contiene datos personales. Guárdelo en un lugar seguro.

# Invitation
mail-invitation-to-sign-up-subject = Invitación a { $realm }
mail-invitation-to-sign-up-lead = Le invitamos a crear una cuenta de { $realm }.
mail-invitation-to-sign-up-days =
    { $days ->
        [one] La invitación vale durante 1 día.
       *[other] La invitación vale durante { $days } días.
    }
mail-invitation-to-sign-up-submit = Crear cuenta
mail-invitation-to-sign-up-note = Si no la esperaba, ignore este mensaje. Sin usted no se crea ninguna cuenta.

# Text messages: short, no link
sms-sign-in-code =
    { $minutes ->
        [one] { $code } es su código para iniciar sesión en { $realm }. Vale durante 1 minuto.
       *[other] { $code } es su código para iniciar sesión en { $realm }. Vale durante { $minutes } minutos.
    }
sms-verify-phone =
    { $minutes ->
        [one] { $code } es su código para confirmar este número en { $realm }. Vale durante 1 minuto.
       *[other] { $code } es su código para confirmar este número en { $realm }. Vale durante { $minutes } minutos.
    }
sms-account-exists = Ya tiene una cuenta en { $realm }. Inicie sesión con este número.

mail-mail-test-subject = Mensaje de prueba de { $realm }
mail-mail-test-lead = El envío de correo de { $realm } funciona.
mail-mail-test-note = Este mensaje lo ha solicitado la administración. No tiene que hacer nada.
sms-test = Los SMS de { $realm } funcionan. Este lo ha pedido un administrador.

# Números de teléfono
mail-phone-added-subject = Se ha añadido un número de teléfono a su cuenta de { $realm }
mail-phone-added-lead = Se ha añadido un número de teléfono a su cuenta de { $realm }.
mail-phone-changed-subject = Su cuenta de { $realm } tiene otro número principal
mail-phone-changed-lead = Los códigos de su cuenta de { $realm } se envían ahora a otro número de teléfono.
mail-phone-removed-subject = Se ha eliminado un número de teléfono de su cuenta de { $realm }
mail-phone-removed-lead = Se ha eliminado un número de teléfono de su cuenta de { $realm }.
mail-number = Número
