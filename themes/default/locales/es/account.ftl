# La cuenta de la persona.
home-manage = Gestionar su cuenta
account-nav = Secciones de su cuenta
account-title = Su cuenta
account-lead = Vea qué protege su cuenta de { $realm } y dónde se usa.
account-check-up = Revisión de seguridad
account-open-app = Abrir
account-cancel = Cancelar
account-back = Volver a su cuenta
account-section-home = Resumen
account-section-security = Seguridad
account-section-sessions = Dispositivos
account-section-apps = Aplicaciones conectadas
account-check-password = Tiene una contraseña.
account-check-no-password = Inicia sesión sin contraseña.
account-check-second = Un segundo paso protege su inicio de sesión.
account-check-no-second = Ningún segundo paso protege todavía su inicio de sesión.
account-check-devices-one = Solo tiene la sesión iniciada en este dispositivo.
account-check-devices =
    { $count ->
        [one] Tiene la sesión iniciada en 1 dispositivo.
       *[other] Tiene la sesión iniciada en { $count } dispositivos.
    }
account-check-see = Ver
account-check-change = Cambiar
account-security = Seguridad
account-security-lead = Con qué inicia sesión y qué lo protege.
account-card-password = Contraseña
account-card-password-since = Último cambio
account-card-password-none = Sin definir
account-card-change = Cambiar
account-card-set = Definir una
account-card-sessions = Dispositivos
account-card-sessions-text = Dónde tiene la sesión iniciada ahora
account-card-see = Ver
account-password = Contraseña
account-password-lead = Se cierra la sesión en los demás dispositivos y aplicaciones, y se le avisa por correo.
account-password-new = Contraseña nueva
account-password-change = Cambiar contraseña
account-password-set = Definir contraseña
account-password-none = Este servicio no tiene contraseñas. Usted inicia sesión de otra forma.
account-done-password = Su contraseña ha cambiado. Se ha cerrado la sesión en los demás dispositivos.
account-sessions = Dispositivos
account-sessions-lead = Navegadores y dispositivos con la sesión iniciada en su cuenta.
account-session-this = Este dispositivo
account-session-last = Último uso
account-session-since = Sesión desde
account-session-apps = Usado por
account-session-end = Cerrar sesión
account-session-end-others = Cerrar sesión en todos los demás lugares
account-trusted = Navegadores de confianza
account-trusted-lead = En ellos no se pide un segundo paso al iniciar sesión. Una contraseña nueva lo termina.
account-trusted-until = Se pide de nuevo desde
account-trusted-forget = Volver a pedirlo
account-done-session = Se ha cerrado la sesión de ese dispositivo.
account-done-sessions = Se ha cerrado su sesión en todos los demás lugares.
account-gone-session = La sesión de ese dispositivo ya estaba cerrada.
account-done-forgotten = Allí se vuelve a pedir un segundo paso.
account-gone-device = Ese navegador ya no era de confianza.
device-both = { $browser } en { $system }
device-browser = { $browser }
device-system = { $system }
device-unknown = Dispositivo desconocido
account-apps = Aplicaciones conectadas
account-apps-lead = Aplicaciones que pueden usar su cuenta.
account-apps-others = Aplicaciones de otros
account-apps-own = Aplicaciones de { $realm }
account-apps-none = Ninguna aplicación tiene acceso a su cuenta.
account-app-since = Acceso desde
account-app-used = Último uso
account-app-withdraw = Retirar acceso
account-done-app = Acceso retirado. La aplicación puede conservar los datos que ya copió.
account-gone-app = Esa aplicación ya no tenía acceso.

account-card-passkeys = Llaves de acceso
account-card-passkeys-none = Ninguna todavía
account-card-passkeys-one = Una llave de acceso
account-card-passkeys-count =
    { $count ->
        [one] 1 llave de acceso
       *[other] { $count } llaves de acceso
    }
account-passkeys = Llaves de acceso
account-passkeys-lead = Inicie sesión con su huella, su rostro o el bloqueo de pantalla. Nada que recordar.
account-passkeys-none = Todavía no tiene ninguna llave de acceso.
account-passkey-unnamed = Llave de acceso
account-passkey-synced = En varios dispositivos
account-passkey-since = Añadida
account-passkey-used = Último uso
account-passkey-label = Nombre de esta llave de acceso
account-passkey-rename = Cambiar nombre
account-passkey-remove = Quitar
account-passkey-add = Añadir una llave de acceso
account-passkey-last = Esta es la última forma de entrar en su cuenta. Añada antes otra.
account-passkey-label-invalid = Un nombre tiene como máximo 60 caracteres.
account-done-passkey-renamed = La llave de acceso tiene su nuevo nombre.
account-done-passkey-removed = Se ha quitado la llave de acceso. También puede eliminarla de su dispositivo.
account-gone-passkey = Esa llave de acceso ya se había quitado.
account-save = Guardar
account-remove = Quitar
account-section-profile = Perfil
account-section-emails = Correos electrónicos
account-section-activity = Actividad
account-profile = Perfil
account-profile-lead = Lo que pueden ver de usted las aplicaciones que permita.
account-profile-managed = Gestionado por el servicio
account-language = Idioma
account-done-profile = Su perfil se ha guardado.
account-emails = Correos electrónicos
account-emails-lead = Los mensajes sobre su cuenta van a la dirección principal y los avisos de seguridad, a cada dirección confirmada. Con las direcciones confirmadas puede iniciar sesión.
account-emails-none = Todavía no hay ninguna dirección.
account-email-primary = Dirección principal
account-email-verified = Confirmada
account-email-not-verified = Sin confirmar
account-email-verify = Confirmar
account-email-make-primary = Usar como principal
account-email-new = Dirección nueva
account-email-new-hint = Enviamos allí un código para comprobar que es suya.
account-email-add = Añadir una dirección
account-email-confirm = Confirme su dirección
account-email-confirm-lead = Escriba el código que hemos enviado a
account-email-confirm-submit = Confirmar dirección
account-email-over = Este código ya no vale. Pida uno nuevo.
account-email-again = Enviar un código nuevo
account-email-yours = Esta dirección ya es suya.
account-email-too-many = Ya tiene todas las direcciones que puede tener. Quite antes una.
account-email-unproven = Confirme antes esta dirección.
account-email-main = La dirección principal se queda. Haga antes principal otra dirección.
account-email-taken = Esta dirección pertenece a otra cuenta.
account-done-email-added = La dirección está confirmada. Puede hacerla principal.
account-done-email-primary = Ahora los mensajes van a su nueva dirección principal.
account-done-email-removed = Se ha quitado la dirección.
account-authenticators = Aplicaciones de autenticación
account-authenticators-lead = Una aplicación de su teléfono que muestra un código para el segundo paso.
account-authenticators-none = Ninguna aplicación de autenticación protege todavía su cuenta.
account-authenticator-add = Añadir una aplicación de autenticación
account-authenticator-unnamed = Aplicación de autenticación
account-authenticator-confirm = Añadir esta aplicación
account-factor-since = Añadida
account-factor-rename = Cambiar nombre
account-factor-label = Nombre
account-factor-last = Este servicio pide un segundo paso. Añada otro antes de quitar el último.
account-factor-too-many = Ya tiene todas las que puede tener. Quite antes una.
account-factor-over = Ha pasado demasiado tiempo. Empiece de nuevo para añadir una aplicación.
account-done-factor-added = Se ha añadido la aplicación de autenticación.
account-done-factor-renamed = El nombre se ha guardado.
account-done-factor-removed = Se ha quitado la aplicación de autenticación.
account-codes = Códigos de recuperación
account-codes-lead = Si ha perdido su teléfono, cada código le deja entrar una vez.
account-codes-none = No tiene códigos de recuperación.
account-codes-left =
    { $count ->
        [one] Queda 1 código
       *[other] Quedan { $count } códigos
    }
account-codes-since = Creados
account-codes-make = Crear códigos
account-codes-renew = Crear códigos nuevos
account-codes-renew-note = Los códigos nuevos sustituyen a los anteriores, que dejan de valer.
account-done-codes = Sus nuevos códigos de recuperación ya están en uso.
account-linked = Inicios de sesión conectados
account-linked-lead = Cuentas en otros servicios con las que puede iniciar sesión.
account-linked-none = No hay ninguna cuenta de otro servicio conectada.
account-linked-since = Conectada
account-linked-last = Esta es su última forma de entrar. Defina antes una contraseña.
account-linked-others = También puede conectar
account-linked-link = Conectar
account-linked-unlink = Desconectar
account-done-linked = La cuenta está conectada. Puede iniciar sesión con ella.
account-done-unlinked = La cuenta está desconectada.
account-activity = Actividad
account-activity-lead = Lo que ha pasado en su cuenta, lo más reciente primero.
account-activity-none = Nada en este periodo.
account-activity-older = Entradas anteriores
account-not-me-title = ¿Algo de esto no lo hizo usted?
account-not-me-note = Se cierra la sesión en los demás dispositivos y aplicaciones; después elige una contraseña nueva.
account-not-me = Proteger mi cuenta
account-done-secured = Se ha cerrado la sesión en los demás dispositivos y aplicaciones. Elija ahora una contraseña nueva.
account-card-authenticators = Aplicaciones de autenticación
account-card-authenticators-none = Ninguna añadida
account-card-authenticators-text =
    { $count ->
        [one] 1 añadida
       *[other] { $count } añadidas
    }
account-card-codes = Códigos de recuperación
account-card-linked = Inicios de sesión conectados
account-card-linked-text = Cuentas en otros servicios con las que inicia sesión
account-card-add = Añadir
activity-signed-in = Inició sesión.
activity-signed-in-to = Inició sesión en { $app }.
activity-sign-in-failed = Falló un inicio de sesión.
activity-created = Se creó su cuenta.
activity-emails = Cambiaron sus direcciones.
activity-phones = Sus números de teléfono cambiaron.
activity-profile = Cambió su perfil.
activity-suspended = Se suspendió su cuenta.
activity-deletion-scheduled = Su cuenta se va a eliminar.
activity-active = Su cuenta vuelve a estar activa.
activity-signed-out = Se cerró la sesión en un dispositivo.
activity-consent-given = Permitió a { $app } usar su cuenta.
activity-consent-denied = No permitió el acceso a { $app }.
activity-consent-withdrawn = Se retiró el acceso de { $app }.
activity-password-set = Se definió una contraseña.
activity-password-changed = Se cambió su contraseña.
activity-password-removed = Se quitó su contraseña.
activity-totp-added = Se añadió una aplicación de autenticación.
activity-totp-removed = Se quitó una aplicación de autenticación.
activity-totp-renamed = Se cambió el nombre de una aplicación de autenticación.
activity-codes-made = Se crearon códigos de recuperación.
activity-codes-removed = Se quitaron los códigos de recuperación.
activity-passkey-added = Se añadió una llave de acceso.
activity-passkey-removed = Se quitó una llave de acceso.
activity-passkey-renamed = Se cambió el nombre de una llave de acceso.
activity-clone = Una llave de acceso parecía copiada y se rechazó.
activity-trusted = Se confió en un navegador: allí no se pide un segundo paso durante un tiempo.
activity-forgotten = Un navegador ya no es de confianza.
activity-linked = Se conectó una cuenta de otro servicio.
activity-unlinked = Se desconectó una cuenta de otro servicio.
activity-by-admin = por la administración
activity-by-app = por { $app }
activity-by-system = por el servicio
account-section-privacy = Sus datos
account-privacy = Sus datos
account-privacy-lead = Qué se guarda sobre usted y cómo darse de baja.
account-delete = Eliminar su cuenta
account-delete-off = Este servicio solo elimina cuentas a petición. Diríjase a quien lo gestiona.
account-delete-what = Se borran su perfil, sus direcciones, sus formas de iniciar sesión y sus inicios de sesión conectados.
account-delete-apps = Todas las aplicaciones pierden el acceso. Los datos que ellas mismas guardan siguen en su poder.
account-delete-log = El registro de seguridad se conserva un tiempo, con su número de cuenta pero sin su nombre.
account-delete-grace =
    { $days ->
        [one] Se cierra ahora su sesión en todas partes. Durante 1 día puede iniciar sesión y conservar la cuenta.
       *[other] Se cierra ahora su sesión en todas partes. Durante { $days } días puede iniciar sesión y conservar la cuenta.
    }
account-delete-submit = Eliminar mi cuenta
account-delete-confirm = Sí, eliminar mi cuenta y todo su contenido
account-delete-unconfirmed = Marque la casilla si de verdad quiere eliminar su cuenta.
account-delete-prove = Continuar
account-leaving = Su cuenta se eliminará
account-leaving-date = Se elimina el
account-leaving-keep = Conservar mi cuenta
account-leaving-note = Si cambia de opinión, inicie sesión antes de ese día y elija después «Conservar mi cuenta».
account-leaving-sign-in = Iniciar sesión para conservarla
account-done-kept = Su cuenta se conserva. Puede usarla como antes.
account-export = Copia de sus datos
account-export-note = Un archivo con todo lo que se guarda sobre usted: ficheros para programas, una página para leer y una firma que prueba su origen.
account-export-submit = Preparar una copia
account-export-making = En preparación: { $percent } %
account-export-mail = Recibe un correo cuando está lista.
account-export-again = Volver a mirar
account-export-ready = Lista: { $kilobytes } kB
account-export-until = Para descargar hasta el { $day }
account-export-download = Descargar
account-done-export = Su copia se está preparando. Se queda aquí una semana.
activity-export-requested = Pidió una copia de sus datos.
activity-export-ready = La copia de sus datos estaba lista.
activity-exported = Se descargó una copia de sus datos.

## Números de teléfono
account-section-phones = Números de teléfono
account-phones = Números de teléfono
account-phones-lead = Los códigos por SMS se envían al número principal.
account-phones-sign-in = Con un código así puede iniciar sesión.
account-phones-second = Puede ser el segundo paso de un inicio de sesión.
account-phones-none = Todavía no hay ningún número.
account-phone-primary = Número principal
account-phone-add = Añadir un número
account-phone-confirm = Confirme su número
account-phone-confirm-lead = Escriba el código que se envió al
account-phone-confirm-submit = Confirmar el número
account-phone-yours = Este número ya es suyo.
account-phone-too-many = Tiene tantos números como puede tener. Elimine antes uno.
account-phone-unproven = Confirme antes este número.
account-phone-main = El número principal se queda. Haga antes principal otro número.
account-phone-last-factor = Este número es su único segundo paso, y aquí hace falta uno. Añada antes otra forma.
account-phone-last-way-in = Nada más le permite iniciar sesión. Añada antes otra forma.
account-done-phone-added = El número está confirmado.
account-done-phone-primary = Los códigos se envían ahora a su nuevo número principal.
account-done-phone-removed = El número se ha eliminado.

## Security keys
account-card-security-keys = Llaves de seguridad
account-card-security-keys-none = Ninguna añadida
account-card-security-keys-count =
    { $count ->
        [one] 1 añadida
       *[other] { $count } añadidas
    }
account-security-keys-lead = Llaves que conecta o acerca a su dispositivo, y toca como segundo paso.
account-security-keys-none = Ninguna llave de seguridad protege todavía su cuenta.
account-security-key-lead = Tenga su llave a mano. Su navegador le dice cuándo tocarla.
account-security-key-too-many = Ya tiene todas las llaves que puede tener. Quite antes una.
account-security-key-over = Ha pasado demasiado tiempo. Empiece de nuevo para añadir una llave.
account-done-security-key-added = Se ha añadido la llave de seguridad. Añada otra, por si pierde esta.
account-done-security-key-removed = Se ha quitado la llave de seguridad. Ya no sirve para iniciar sesión.
activity-security-key-added = Se añadió una llave de seguridad.
activity-security-key-removed = Se quitó una llave de seguridad.
activity-security-key-renamed = Se cambió el nombre de una llave de seguridad.
activity-security-key-clone = Una llave de seguridad parecía copiada y se rechazó.
