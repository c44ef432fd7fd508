# The page in a copy of somebody's data.
export-lead = Esta página muestra lo que se guardaba sobre usted cuando se hizo la copia.
export-programs = Los ficheros que la acompañan y terminan en .json contienen los mismos datos, y todo lo demás, para programas.
export-proof = manifest.jws demuestra de dónde viene esta copia y que nada ha cambiado en ella.
export-made = Hecha el
export-sections = Secciones de esta página
export-empty = Aquí no se guarda nada.
export-account = Lo que identifica su cuenta.
export-number = Número de cuenta
export-created = Creación
export-address = Dirección postal
export-yes = Sí
export-no = No
export-more-values =
    { $count ->
        [one] { $count } valor que las aplicaciones guardan con su cuenta está solo en account.json.
       *[other] { $count } valores que las aplicaciones guardan con su cuenta están solo en account.json.
    }
export-factors = Formas de iniciar sesión
export-factors-lead = Con qué inicia sesión. Las contraseñas, los códigos y las llaves no están en ninguna copia.
export-kind = Tipo
export-device = Dispositivo
export-ip = Dirección IP
export-trusted-since = De confianza desde
export-app = Aplicación
export-scopes = Qué puede hacer
export-own-app = Una de las aplicaciones de { $realm }, que no piden permiso.
export-provider = Proveedor
export-told = Qué ha comunicado
export-subject = Número de cuenta allí
export-email-verified = Dirección confirmada allí
export-what = Qué ha pasado
export-more-entries =
    { $count ->
        [one] { $count } entrada técnica, como los tokens de una aplicación, está solo en activity.json.
       *[other] { $count } entradas técnicas, como los tokens de las aplicaciones, están solo en activity.json.
    }
