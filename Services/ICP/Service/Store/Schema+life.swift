import Storage

extension Schema {
    /// The whole life of a version, the audit log, and reviews. What was there before gets the log that it would have
    /// had.
    static let life = Migration(
        "icp-life-1",
        sql: """
            CREATE TABLE agreement_with_life (
                version INTEGER PRIMARY KEY CHECK (version > 0),
                state TEXT NOT NULL CHECK (state IN (
                    'draft', 'proposed', 'partly_signed', 'signed', 'active', 'superseded', 'rejected', 'withdrawn')),
                canonical TEXT NOT NULL,
                digest TEXT NOT NULL CHECK (length(digest) = 64),
                document TEXT NOT NULL,
                proposed_by TEXT NOT NULL,
                proposed_at INTEGER NOT NULL,
                requested_at INTEGER,
                effective_at INTEGER,
                superseded_at INTEGER,
                comment TEXT NOT NULL,
                -- in force when it was drafted or proposed
                based_on INTEGER REFERENCES agreement_with_life (version),
                closed_at INTEGER,
                closed_by TEXT,
                closed_side TEXT CHECK (closed_side IN ('marketing', 'sales')),
                closed_comment TEXT,
                CHECK ((effective_at IS NOT NULL) = (state IN ('signed', 'active', 'superseded'))),
                CHECK ((superseded_at IS NOT NULL) = (state = 'superseded')),
                CHECK ((closed_at IS NOT NULL) = (state IN ('rejected', 'withdrawn'))),
                CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
                CHECK ((closed_comment IS NULL) = (closed_at IS NULL)),
                CHECK ((closed_side IS NOT NULL) = (state = 'rejected'))
            ) STRICT;
            INSERT INTO agreement_with_life
            SELECT version, state, canonical, digest, document, proposed_by, proposed_at, requested_at, effective_at,
                superseded_at, comment,
                (SELECT earlier.version FROM agreement AS earlier
                 WHERE earlier.effective_at <= agreement.proposed_at AND earlier.version <> agreement.version
                 ORDER BY earlier.effective_at DESC, earlier.version DESC LIMIT 1),
                NULL, NULL, NULL, NULL
            FROM agreement;
            DROP TABLE agreement;
            ALTER TABLE agreement_with_life RENAME TO agreement;
            CREATE UNIQUE INDEX agreement_active ON agreement (state) WHERE state = 'active';
            CREATE INDEX agreement_effective ON agreement (effective_at) WHERE effective_at IS NOT NULL;
            CREATE INDEX agreement_due ON agreement (effective_at) WHERE state = 'signed';
            CREATE INDEX agreement_digest ON agreement (digest);

            -- What was signed stays what it was.
            CREATE TRIGGER agreement_content BEFORE UPDATE OF version, canonical, digest, document ON agreement
            BEGIN SELECT RAISE(ABORT, 'the content of a version never changes'); END;
            CREATE TRIGGER agreement_stays BEFORE DELETE ON agreement
            BEGIN SELECT RAISE(ABORT, 'versions are never removed'); END;
            CREATE TRIGGER agreement_signature_binds BEFORE UPDATE ON agreement_signature
            BEGIN SELECT RAISE(ABORT, 'signatures never change'); END;
            CREATE TRIGGER agreement_signature_stays BEFORE DELETE ON agreement_signature
            BEGIN SELECT RAISE(ABORT, 'signatures are never removed'); END;

            CREATE TABLE agreement_history (
                entry INTEGER PRIMARY KEY AUTOINCREMENT,
                version INTEGER NOT NULL REFERENCES agreement (version),
                action TEXT NOT NULL CHECK (action IN (
                    'drafted', 'proposed', 'signed', 'rejected', 'withdrawn', 'activated', 'superseded', 'reviewed')),
                actor TEXT NOT NULL CHECK ((actor = '') = (action IN ('activated', 'superseded'))),
                side TEXT CHECK (side IN ('marketing', 'sales')),
                at INTEGER NOT NULL,
                from_version INTEGER REFERENCES agreement (version),
                digest TEXT NOT NULL,
                comment TEXT NOT NULL,
                section TEXT NOT NULL CHECK ((section <> '') = (action = 'reviewed')),
                CHECK ((side IS NOT NULL) = (action IN ('signed', 'rejected')))
            ) STRICT;
            CREATE INDEX agreement_history_version ON agreement_history (version, entry);
            INSERT INTO agreement_history (version, action, actor, side, at, from_version, digest, comment, section)
            SELECT version, action, actor, side, at,
                CASE action WHEN 'superseded' THEN version ELSE (SELECT earlier.version FROM agreement AS earlier
                 WHERE earlier.effective_at <= deed.at AND earlier.version <> deed.version
                 ORDER BY earlier.effective_at DESC, earlier.version DESC LIMIT 1) END,
                digest, comment, ''
            FROM (
                SELECT version, 1 AS rank, 'proposed' AS action, proposed_by AS actor, NULL AS side,
                    proposed_at AS at, digest, comment FROM agreement
                UNION ALL
                SELECT version, 2, 'signed', signer, side, signed_at, digest, '' FROM agreement_signature
                UNION ALL
                SELECT version, 3, 'superseded', '', NULL, superseded_at, digest, '' FROM agreement
                WHERE state = 'superseded'
                UNION ALL
                SELECT version, 4, 'activated', '', NULL, effective_at, digest, '' FROM agreement
                WHERE state IN ('active', 'superseded')
            ) AS deed
            ORDER BY at, rank, version;
            CREATE TRIGGER agreement_history_is_written_once BEFORE UPDATE ON agreement_history
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER agreement_history_stays BEFORE DELETE ON agreement_history
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

            CREATE TABLE review (
                review_id INTEGER PRIMARY KEY AUTOINCREMENT,
                section TEXT NOT NULL CHECK (section <> ''),
                since INTEGER NOT NULL,
                due_at INTEGER NOT NULL CHECK (due_at > since),
                overdue_at INTEGER NOT NULL CHECK (overdue_at >= due_at),
                -- 0 to come, 1 told that it is due, 2 told that it is overdue
                told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1, 2)),
                closed_at INTEGER,
                -- accord.icp.v1.Review, of one that is closed
                closing BLOB CHECK ((closing IS NULL) = (closed_at IS NULL))
            ) STRICT;
            CREATE UNIQUE INDEX review_open ON review (section) WHERE closed_at IS NULL;
            CREATE INDEX review_due ON review (due_at) WHERE closed_at IS NULL AND told = 0;
            CREATE INDEX review_overdue ON review (overdue_at) WHERE closed_at IS NULL AND told = 1;
            CREATE TRIGGER review_closed BEFORE UPDATE ON review WHEN old.closed_at IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a closed review never changes'); END;
            CREATE TRIGGER review_stays BEFORE DELETE ON review
            BEGIN SELECT RAISE(ABORT, 'reviews are never removed'); END;
            """)

    /// Reviews end without an outcome where their section is dropped.
    static let droppedReviews = Migration(
        "icp-life-2",
        sql: """
            ALTER TABLE review ADD COLUMN dropped_at INTEGER CHECK (dropped_at IS NULL OR closed_at IS NULL);
            DROP INDEX review_open;
            DROP INDEX review_due;
            DROP INDEX review_overdue;
            CREATE UNIQUE INDEX review_open ON review (section) WHERE closed_at IS NULL AND dropped_at IS NULL;
            CREATE INDEX review_due ON review (due_at) WHERE closed_at IS NULL AND dropped_at IS NULL AND told = 0;
            CREATE INDEX review_overdue ON review (overdue_at)
                WHERE closed_at IS NULL AND dropped_at IS NULL AND told = 1;
            """)
}
