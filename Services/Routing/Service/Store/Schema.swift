import Storage

enum Schema {
    /// Append-only.
    ///
    /// A pool's credits are one BLOB, eight little-endian bytes a member in order of position: each turn changes those
    /// of all eligible members, and that is one row this way.
    static let routing1 = Migration(
        "routing-1",
        sql: """
            CREATE TABLE rep (
                rep_id TEXT PRIMARY KEY CHECK (rep_id <> ''),
                active INTEGER NOT NULL CHECK (active IN (0, 1)),
                capacity INTEGER CHECK (capacity >= 0),
                team TEXT NOT NULL,
                open_handoffs INTEGER NOT NULL DEFAULT 0 CHECK (open_handoffs >= 0),
                assigned_in_all INTEGER NOT NULL DEFAULT 0 CHECK (assigned_in_all >= 0),
                profile BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE rep_absence (
                rep_id TEXT NOT NULL REFERENCES rep (rep_id) ON DELETE CASCADE,
                starts_at INTEGER NOT NULL,
                ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
                PRIMARY KEY (rep_id, starts_at, ends_at)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE pool (
                pool_id TEXT PRIMARY KEY CHECK (pool_id <> ''),
                name TEXT NOT NULL,
                credits BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE pool_member (
                pool_id TEXT NOT NULL REFERENCES pool (pool_id) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                rep_id TEXT NOT NULL REFERENCES rep (rep_id),
                weight INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 1000),
                PRIMARY KEY (pool_id, position),
                UNIQUE (pool_id, rep_id)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX pool_member_rep ON pool_member (rep_id, pool_id);

            CREATE TABLE handoff (
                sequence INTEGER PRIMARY KEY,
                handoff_id TEXT NOT NULL UNIQUE,
                lead_id TEXT NOT NULL CHECK (lead_id <> ''),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                state TEXT NOT NULL CHECK (
                    state IN ('waiting', 'assigned', 'accepted', 'touched', 'qualified', 'recycled', 'closed')),
                queue TEXT CHECK ((queue IS NOT NULL) = (state = 'waiting')),
                rep_id TEXT REFERENCES rep (rep_id) CHECK ((rep_id IS NULL) = (state = 'waiting')),
                team TEXT NOT NULL,
                pool_id TEXT NOT NULL,
                agreement_version INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                assigned_at INTEGER CHECK ((assigned_at IS NULL) = (state = 'waiting')),
                accepted_at INTEGER,
                touched_by_rep INTEGER NOT NULL CHECK (touched_by_rep IN (0, 1)),
                first_touched_at INTEGER,
                qualified_at INTEGER CHECK (state <> 'qualified' OR qualified_at IS NOT NULL),
                closed_at INTEGER CHECK ((closed_at IS NOT NULL) = (state IN ('recycled', 'closed'))),
                reason_code TEXT NOT NULL,
                reason_detail TEXT NOT NULL,
                incomplete INTEGER NOT NULL CHECK (incomplete IN (0, 1)),
                reassignments INTEGER NOT NULL,
                previous_rep_id TEXT
            ) STRICT;
            CREATE UNIQUE INDEX handoff_open ON handoff (lead_id) WHERE state NOT IN ('recycled', 'closed');
            CREATE INDEX handoff_lead ON handoff (lead_id, sequence);
            CREATE INDEX handoff_rep ON handoff (rep_id, sequence) WHERE rep_id IS NOT NULL;
            CREATE INDEX handoff_queue ON handoff (queue, created_at, sequence) WHERE queue IS NOT NULL;

            CREATE TABLE handoff_packet (
                sequence INTEGER PRIMARY KEY REFERENCES handoff (sequence) ON DELETE CASCADE,
                facts BLOB NOT NULL,
                context BLOB NOT NULL
            ) STRICT;

            CREATE TABLE handoff_decision (
                sequence INTEGER NOT NULL REFERENCES handoff (sequence) ON DELETE CASCADE,
                number INTEGER NOT NULL,
                trace BLOB NOT NULL,
                PRIMARY KEY (sequence, number)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE handoff_rejection (
                sequence INTEGER NOT NULL REFERENCES handoff (sequence) ON DELETE CASCADE,
                number INTEGER NOT NULL,
                rep_id TEXT NOT NULL,
                reason_code TEXT NOT NULL,
                reason_detail TEXT NOT NULL,
                occurred_at INTEGER NOT NULL,
                PRIMARY KEY (sequence, number)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE activity (
                activity_id TEXT PRIMARY KEY CHECK (activity_id <> ''),
                sequence INTEGER NOT NULL REFERENCES handoff (sequence) ON DELETE CASCADE,
                kind TEXT NOT NULL,
                note TEXT NOT NULL,
                actor TEXT NOT NULL,
                occurred_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX activity_handoff ON activity (sequence);
            """)

    /// Since when one has been in the queue, which is not when it came to be where it was given back to it.
    static let waitingSince = Migration(
        "routing-6",
        sql: """
            ALTER TABLE handoff ADD COLUMN waiting_since INTEGER CHECK (waiting_since IS NULL OR state = 'waiting');
            UPDATE handoff SET waiting_since = max(created_at, ifnull((
                SELECT max(occurred_at) FROM handoff_rejection WHERE handoff_rejection.sequence = handoff.sequence
            ), created_at)) WHERE state = 'waiting';
            """)

    static let routing2 = Migration(
        "routing-2", restating: "handoff",
        "state IN ('waiting', 'assigned', 'accepted', 'touched', 'qualified', 'recycled', 'closed')",
        as: """
            state = 'waiting' OR state = 'assigned' OR state = 'accepted' OR state = 'touched' OR state = 'qualified' \
            OR state = 'recycled' OR state = 'closed'
            """)
}
