"""What a user of the generated layer notices when a document changes. Run it with ``tools.generate --report``.

``changes`` compares what is said of two documents (operations, parameters, fields, values, statuses), ``python_api``
what Python code can do with the packages made of them, ``base`` finds the document to compare with.
"""
