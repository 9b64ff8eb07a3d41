import Storage

/// The tables of the Scoring service, migration by migration. Instants are microseconds since 1970.
enum Schema {
    static let scoring1 = Migration(
        "scoring-1",
        sql: """
            CREATE TABLE lead (
                lead_id TEXT NOT NULL PRIMARY KEY CHECK (lead_id <> ''),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                -- 2 inquiry, 3 engaged, 4 mql: the numbers of accord.common.v1.DemandState
                state INTEGER NOT NULL CHECK (state IN (2, 3, 4)),
                -- 0 below, 1 above, 2 cooled: whether a lead that qualified can qualify again
                heat INTEGER NOT NULL CHECK (heat IN (0, 1, 2)),
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                -- of the latest time
                qualified_at INTEGER CHECK ((state = 4) = (qualified_at IS NOT NULL)),
                engagement_count INTEGER NOT NULL CHECK (engagement_count >= 0),
                -- the score as it was at the last change
                total REAL NOT NULL,
                scored_at INTEGER NOT NULL,
                agreement_version INTEGER NOT NULL CHECK (agreement_version > 0),
                -- how many rows of score_change there are
                changes INTEGER NOT NULL CHECK (changes > 0),
                -- what the accumulators were built under, and up to which engagement
                shape INTEGER NOT NULL,
                latest_at INTEGER NOT NULL,
                accumulators BLOB NOT NULL,
                -- accord.scoring.v1.Lead
                document BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX lead_state ON lead (state, lead_id);

            -- Clustered by lead and time, since that is how histories are read.
            CREATE TABLE engagement (
                lead_id TEXT NOT NULL REFERENCES lead (lead_id) DEFERRABLE INITIALLY DEFERRED,
                occurred_at INTEGER NOT NULL,
                engagement_id TEXT NOT NULL UNIQUE CHECK (engagement_id <> ''),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                kind TEXT NOT NULL CHECK (kind <> ''),
                -- accord.scoring.v1.Engagement
                document BLOB NOT NULL,
                PRIMARY KEY (lead_id, occurred_at, engagement_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE score_change (
                lead_id TEXT NOT NULL REFERENCES lead (lead_id) DEFERRABLE INITIALLY DEFERRED,
                number INTEGER NOT NULL CHECK (number > 0),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                at INTEGER NOT NULL,
                cause TEXT NOT NULL,
                before REAL NOT NULL,
                after REAL NOT NULL,
                agreement_version INTEGER NOT NULL,
                PRIMARY KEY (lead_id, number)
            ) STRICT, WITHOUT ROWID;

            -- Every time that a lead met the agreed definition.
            CREATE TABLE qualification (
                lead_id TEXT NOT NULL REFERENCES lead (lead_id) DEFERRABLE INITIALLY DEFERRED,
                at INTEGER NOT NULL,
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                cause TEXT NOT NULL CHECK (cause IN ('threshold', 'hand_raiser')),
                agreement_version INTEGER NOT NULL,
                PRIMARY KEY (lead_id, at)
            ) STRICT, WITHOUT ROWID;
            """)

    /// When leads cool, what does not count, and what each rule gave.
    static let cooling1 = Migration(
        "scoring-cooling-1",
        sql: """
            -- When the lead will have cooled if nothing else happens, and when that is looked at. What was scored before
            -- is looked at again.
            ALTER TABLE lead ADD COLUMN cools_at INTEGER CHECK (cools_at IS NULL OR heat = 1);
            ALTER TABLE lead ADD COLUMN cooling_due_at INTEGER CHECK (cooling_due_at >= cools_at);
            UPDATE lead SET cools_at = scored_at, cooling_due_at = scored_at WHERE heat = 1;
            CREATE INDEX lead_cooling ON lead (cooling_due_at, lead_id) WHERE cooling_due_at IS NOT NULL;

            -- Every time that a lead fell below the threshold by the hysteresis.
            CREATE TABLE cooling (
                lead_id TEXT NOT NULL REFERENCES lead (lead_id) DEFERRABLE INITIALLY DEFERRED,
                at INTEGER NOT NULL,
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                agreement_version INTEGER NOT NULL,
                PRIMARY KEY (lead_id, at)
            ) STRICT, WITHOUT ROWID;

            -- When it arrived; not known of what came with its lead, and of what was stored before this column.
            ALTER TABLE engagement ADD COLUMN received_at INTEGER;

            -- How many there were that give no points; the engagement itself is kept like any other.
            CREATE TABLE uncounted_engagement (
                kind TEXT NOT NULL CHECK (kind <> ''),
                reason TEXT NOT NULL CHECK (reason IN ('late', 'undeclared')),
                count INTEGER NOT NULL CHECK (count > 0),
                first_at INTEGER NOT NULL,
                last_at INTEGER NOT NULL,
                PRIMARY KEY (kind, reason)
            ) STRICT, WITHOUT ROWID;

            -- What each rule gave after the change; see ContributionCoding.
            ALTER TABLE score_change ADD COLUMN contributions BLOB;
            """)
}
