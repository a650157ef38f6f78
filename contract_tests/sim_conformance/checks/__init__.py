"""The checks, a module for each part of the API. Importing a module registers its checks."""
