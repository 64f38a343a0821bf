"""Alembic's entry: runs the migrations on the connection that `store.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import store.tables  # noqa: F401 - the tables register themselves

connection = context.config.attributes["connection"]
# No batch mode: on SQLite it rebuilds tables and so drops the triggers that guard the trail.
context.configure(connection=connection, target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
