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

    /// Who leads are: what each id was told, and which ids are one lead.
    static let identity1 = Migration(
        "scoring-identity-1",
        sql: """
            -- when the lead was first heard of; of older rows: when it came to be
            ALTER TABLE lead ADD COLUMN arrived_at INTEGER;
            -- FieldOrigins; null where every value came with the lead
            ALTER TABLE lead ADD COLUMN origins TEXT;
            -- how many ids make up the lead; those of more than one are in lead_part
            ALTER TABLE lead ADD COLUMN parts INTEGER NOT NULL DEFAULT 1 CHECK (parts > 0);
            -- of a merged lead: the id under which it arrived, null meaning lead_id, ...
            ALTER TABLE engagement ADD COLUMN arrived_as TEXT;
            -- ... and whether that id had been merged by then
            ALTER TABLE engagement ADD COLUMN arrived_merged INTEGER CHECK (arrived_merged IN (0, 1));

            -- Append-only. What each id was told after its first values.
            CREATE TABLE lead_field_change (
                lead_id TEXT NOT NULL,
                number INTEGER NOT NULL CHECK (number > 0),
                field TEXT NOT NULL,
                -- google.protobuf.Value; null where there was none
                before BLOB,
                -- when the value before was first and last said
                before_since INTEGER,
                before_at INTEGER,
                after BLOB,
                source_system TEXT NOT NULL,
                -- by the source's clock
                changed_at INTEGER NOT NULL,
                recorded_at INTEGER NOT NULL,
                -- it came after a newer value, which stayed
                late INTEGER NOT NULL CHECK (late IN (0, 1)),
                PRIMARY KEY (lead_id, number)
            ) STRICT, WITHOUT ROWID;

            -- The ids that make up merged leads, each with what it was told, and what was known of it before.
            CREATE TABLE lead_part (
                lead_id TEXT NOT NULL PRIMARY KEY CHECK (lead_id <> ''),
                root_id TEXT NOT NULL REFERENCES lead (lead_id) DEFERRABLE INITIALLY DEFERRED,
                -- the lead that it was merged into, which may be a former one itself
                parent_id TEXT CHECK ((parent_id IS NULL) = (root_id = lead_id)),
                partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
                arrived_at INTEGER NOT NULL,
                -- accord.scoring.v1.Lead
                document BLOB NOT NULL,
                origins TEXT NOT NULL,
                -- as in lead; null where it never was a lead of its own
                state INTEGER CHECK (state IN (2, 3, 4)),
                heat INTEGER CHECK (heat IN (0, 1, 2)),
                qualified_at INTEGER,
                total REAL,
                scored_at INTEGER,
                updated_at INTEGER,
                changes INTEGER CHECK ((changes IS NULL) = (state IS NULL))
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX lead_part_root ON lead_part (root_id);

            -- What was known of merged leads before.
            CREATE TABLE former_score_change (
                lead_id TEXT NOT NULL REFERENCES lead_part (lead_id) DEFERRABLE INITIALLY DEFERRED,
                number INTEGER NOT NULL,
                partition INTEGER NOT NULL,
                at INTEGER NOT NULL,
                cause TEXT NOT NULL,
                before REAL NOT NULL,
                after REAL NOT NULL,
                agreement_version INTEGER NOT NULL,
                contributions BLOB,
                PRIMARY KEY (lead_id, number)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE former_cooling (
                lead_id TEXT NOT NULL REFERENCES lead_part (lead_id) DEFERRABLE INITIALLY DEFERRED,
                at INTEGER NOT NULL,
                partition INTEGER NOT NULL,
                agreement_version INTEGER NOT NULL,
                PRIMARY KEY (lead_id, at)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE former_qualification (
                lead_id TEXT NOT NULL REFERENCES lead_part (lead_id) DEFERRABLE INITIALLY DEFERRED,
                at INTEGER NOT NULL,
                partition INTEGER NOT NULL,
                cause TEXT NOT NULL,
                agreement_version INTEGER NOT NULL,
                PRIMARY KEY (lead_id, at)
            ) STRICT, WITHOUT ROWID;

            -- Append-only. The sequence orders what other services are told.
            CREATE TABLE lead_merge (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                merged_id TEXT NOT NULL,
                lead_id TEXT NOT NULL,
                merged_by TEXT NOT NULL,
                reason TEXT NOT NULL,
                merged_at INTEGER NOT NULL,
                split INTEGER NOT NULL CHECK (split IN (0, 1))
            ) STRICT;
            CREATE INDEX lead_merge_merged ON lead_merge (merged_id);
            CREATE INDEX lead_merge_lead ON lead_merge (lead_id);

            -- Ids that someone told apart, both ways: only someone makes them one again.
            CREATE TABLE lead_apart (
                lead_id TEXT NOT NULL,
                other_id TEXT NOT NULL,
                PRIMARY KEY (lead_id, other_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE external_id (
                source TEXT NOT NULL CHECK (source <> ''),
                id TEXT NOT NULL CHECK (id <> ''),
                -- the id that first came with it
                lead_id TEXT NOT NULL,
                PRIMARY KEY (source, id)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX external_id_lead ON external_id (lead_id);

            -- The normalised address of each id, while agreements say that one address is one lead.
            CREATE TABLE lead_email (
                lead_id TEXT NOT NULL PRIMARY KEY,
                email TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX lead_email_email ON lead_email (email, lead_id);

            -- How far the search for leads of one address has come, where the agreement asks for it.
            CREATE TABLE email_walk (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                rule TEXT NOT NULL,
                after TEXT NOT NULL,
                done INTEGER NOT NULL CHECK (done IN (0, 1))
            ) STRICT;
            """)
}
