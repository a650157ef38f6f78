"""The generator of ``generated/``: OpenAPI documents in, a typed Python package out. Run it with ``python -m``.

A document passes through ``document`` (read), ``normalise`` (rewrite what the parser cannot take), ``parse``
(openapi-python-client), ``model_views`` and ``operation_views`` (decide what the templates say), ``emit`` (files,
formatted) and ``drift`` (compare, replace).
"""
