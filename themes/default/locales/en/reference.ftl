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
