"""Where an identity store keeps what it knows: SQLite or PostgreSQL, through SQLAlchemy. Nothing is decided here."""
