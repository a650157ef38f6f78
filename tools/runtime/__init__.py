"""Requests and models of Sim's HTTP API, without any I/O of their own.

Each API generation is a package of its own (``v1``) with ``models`` and ``operations``. What they share lies beside
them: ``request`` (what is sent, and how the answer is read), ``convert`` (JSON to models and back) and ``transport``
(the only module that touches a socket).
"""
