import Storage

extension Schema {
    /// What stays of people who were erased: the ids that nobody gets again, and counts.
    static let erased1 = Migration(
        "scoring-erased",
        sql: """
            CREATE TABLE erasure (
                number INTEGER PRIMARY KEY,
                erased_at INTEGER NOT NULL,
                erased_by TEXT NOT NULL,
                reason TEXT NOT NULL,
                -- how many rows there were
                engagements INTEGER NOT NULL CHECK (engagements >= 0),
                field_changes INTEGER NOT NULL CHECK (field_changes >= 0),
                score_changes INTEGER NOT NULL CHECK (score_changes >= 0),
                qualifications INTEGER NOT NULL CHECK (qualifications >= 0)
            ) STRICT;

            CREATE TABLE erased_lead (
                lead_id TEXT NOT NULL PRIMARY KEY CHECK (lead_id <> ''),
                erasure INTEGER NOT NULL REFERENCES erasure (number)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX erased_lead_erasure ON erased_lead (erasure, lead_id);
            """)
}
