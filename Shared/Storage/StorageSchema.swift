/// The tables that every store has beside those of its service.
package enum StorageSchema {
    package static let migrations = [outbox, inbox, idempotency, erasedAnswers]

    private static let outbox = Migration(
        "outbox-1",
        sql: """
            CREATE TABLE outbox (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                kind TEXT NOT NULL,
                key TEXT NOT NULL CHECK (key <> ''),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                appended_at INTEGER NOT NULL,
                event BLOB NOT NULL
            ) STRICT;

            -- Up to where a subscriber has been told; what it refused on the way is in relay_exception.
            CREATE TABLE relay_cursor (
                subscriber TEXT PRIMARY KEY,
                position INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- Events that a subscriber has not taken yet, though its cursor is past them. The first one of a key is
            -- due when it is held, due at next_attempt_at when it is retrying, and never due when it is parked.
            CREATE TABLE relay_exception (
                subscriber TEXT NOT NULL,
                position INTEGER NOT NULL REFERENCES outbox (position),
                key TEXT NOT NULL,
                event_id TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('retrying', 'held', 'parked')),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                next_attempt_at INTEGER NOT NULL,
                changed_at INTEGER NOT NULL,
                error TEXT NOT NULL,
                PRIMARY KEY (subscriber, position)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX relay_exception_key ON relay_exception (subscriber, key, position);
            CREATE INDEX relay_exception_position ON relay_exception (position);
            """)

    private static let inbox = Migration(
        "inbox-1",
        sql: """
            CREATE TABLE inbox (
                sequence INTEGER PRIMARY KEY,
                event_id TEXT NOT NULL UNIQUE CHECK (event_id <> ''),
                received_at INTEGER NOT NULL
            ) STRICT;
            """)

    private static let idempotency = Migration(
        "idempotency-1",
        sql: """
            CREATE TABLE idempotency (
                sequence INTEGER PRIMARY KEY,
                key TEXT NOT NULL UNIQUE CHECK (key <> ''),
                method TEXT NOT NULL,
                request_digest INTEGER,
                response BLOB NOT NULL,
                stored_at INTEGER NOT NULL
            ) STRICT;
            """)

    private static let erasedAnswers = Migration(
        "idempotency-erased",
        sql: """
            -- 1: the answer named someone who was erased, and is forgotten
            ALTER TABLE idempotency ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
            """)
}
