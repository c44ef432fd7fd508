# Words of the API reference and the list of problems. For developers, whose documents are in English only.

# API reference
reference-title = API reference
reference-note = Every operation with its scope, parameters, bodies and problems. Send tokens as Authorization: Bearer.
reference-groups = Groups
reference-schemas = Schemas
reference-problems = Problems
reference-access = Access
reference-parameters = Parameters
reference-name = Name
reference-place = In
reference-type = Type
reference-meaning = Meaning
reference-required = required
reference-request = Request
reference-example = Example

# Problems
problems-title = Problems
problems-note = Every problem an answer can name, with its stable code. Codes are never reused.
problems-code = Code
problems-status = Status
problems-at-start = at start
problems-operations = Operations that answer with it

# Preview of a look
preview-title = Preview
preview-note = Pages and mails with made-up content, in a look that nobody else sees. The link works until { $time }.
preview-part = Pages
preview-language = Language
preview-scheme = Scheme
preview-width = Width
preview-show = Show
preview-own = own template
preview-part-flow = Sign in
preview-part-account = Account
preview-part-other = Others
preview-part-mails = Mails
preview-scheme-light = Light
preview-scheme-dark = Dark
preview-width-wide = Wide
preview-width-narrow = Narrow
