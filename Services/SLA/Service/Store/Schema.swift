import Storage

/// The service's own tables. Instants are microseconds since 1970.
enum Schema {
    static let migrations = [
        Migration(
            "sla-1",
            sql: """
                -- Who has a handoff, and when each step was first done since they have it.
                CREATE TABLE handoff (
                    handoff_id TEXT PRIMARY KEY CHECK (handoff_id <> ''),
                    lead_id TEXT NOT NULL,
                    round INTEGER NOT NULL CHECK (round >= 1),
                    rep_id TEXT NOT NULL,
                    team TEXT NOT NULL,
                    assignment_event TEXT NOT NULL,
                    score REAL,
                    grade TEXT NOT NULL,
                    assigned_at INTEGER,
                    accepted_at INTEGER,
                    rejected_at INTEGER,
                    touched_at INTEGER,
                    qualified_at INTEGER,
                    closed_at INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX handoff_by_lead ON handoff (lead_id);

                CREATE TABLE timer (
                    number INTEGER PRIMARY KEY,
                    handoff_id TEXT NOT NULL REFERENCES handoff (handoff_id),
                    rule TEXT NOT NULL,
                    round INTEGER NOT NULL CHECK (round >= 1),
                    rep_id TEXT NOT NULL,
                    team TEXT NOT NULL,
                    agreement_version INTEGER NOT NULL REFERENCES agreement_version (version),
                    armed_at INTEGER NOT NULL,
                    due_at INTEGER NOT NULL CHECK (due_at >= armed_at),
                    state TEXT NOT NULL CHECK (state IN ('armed', 'warned', 'met', 'breached', 'cancelled')),
                    ended_at INTEGER CHECK (ended_at >= armed_at),
                    met_late_at INTEGER CHECK (met_late_at > due_at),
                    checkpoints_passed INTEGER NOT NULL CHECK (checkpoints_passed >= 0),
                    next_fire_at INTEGER CHECK (next_fire_at BETWEEN armed_at AND due_at),
                    UNIQUE (handoff_id, rule, round),
                    CHECK ((state IN ('armed', 'warned')) = (next_fire_at IS NOT NULL)),
                    CHECK ((state IN ('armed', 'warned')) = (ended_at IS NULL)),
                    CHECK (met_late_at IS NULL OR state = 'breached')
                ) STRICT;
                CREATE INDEX timer_to_fire ON timer (next_fire_at) WHERE next_fire_at IS NOT NULL;
                CREATE INDEX timer_by_rep ON timer (rep_id);
                CREATE INDEX timer_breached ON timer (number) WHERE state = 'breached';
                """),
        Migration(
            "sla-2", restating: "timer", "state IN ('armed', 'warned', 'met', 'breached', 'cancelled')",
            as: """
                state = 'armed' OR state = 'warned' OR state = 'met' OR state = 'breached' OR state = 'cancelled'
                """),
    ]
}
