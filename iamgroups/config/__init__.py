"""YAML text -> Config, every value with its file:line:column. The only home of yaml and jsonschema."""
