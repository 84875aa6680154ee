"""Migrations run on the shared PostgreSQL."""


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")  # once, whichever folder asks first
