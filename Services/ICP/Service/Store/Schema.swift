import Storage

/// The tables of the ICP service.
enum Schema {
    static let migrations = [
        Migration(
            "icp-1",
            sql: """
                CREATE TABLE agreement (
                    version INTEGER PRIMARY KEY CHECK (version > 0),
                    state TEXT NOT NULL
                        CHECK (state IN ('proposed', 'partly_signed', 'signed', 'active', 'superseded')),
                    canonical TEXT NOT NULL,
                    digest TEXT NOT NULL CHECK (length(digest) = 64),
                    document TEXT NOT NULL,
                    proposed_by TEXT NOT NULL,
                    proposed_at INTEGER NOT NULL,
                    requested_at INTEGER,
                    effective_at INTEGER,
                    superseded_at INTEGER,
                    comment TEXT NOT NULL,
                    CHECK ((effective_at IS NOT NULL) = (state IN ('signed', 'active', 'superseded'))),
                    CHECK ((superseded_at IS NOT NULL) = (state = 'superseded'))
                ) STRICT;
                CREATE UNIQUE INDEX agreement_active ON agreement (state) WHERE state = 'active';
                CREATE INDEX agreement_effective ON agreement (effective_at) WHERE effective_at IS NOT NULL;
                CREATE INDEX agreement_due ON agreement (effective_at) WHERE state = 'signed';
                CREATE INDEX agreement_digest ON agreement (digest);

                CREATE TABLE agreement_signature (
                    version INTEGER NOT NULL REFERENCES agreement (version),
                    side TEXT NOT NULL CHECK (side IN ('marketing', 'sales')),
                    signer TEXT NOT NULL,
                    signed_at INTEGER NOT NULL,
                    digest TEXT NOT NULL,
                    PRIMARY KEY (version, side),
                    UNIQUE (version, signer)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE account (
                    account_id TEXT PRIMARY KEY,
                    name TEXT NOT NULL,
                    account BLOB NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """),
        life,
        accounts,
        droppedReviews,
    ]
}
