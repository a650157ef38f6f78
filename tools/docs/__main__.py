"""Writes the pages of the documentation that are made from the code: python -m tools.docs"""

from tools.docs import error_codes

error_codes.PAGE.write_text(error_codes.render(), "utf-8")
