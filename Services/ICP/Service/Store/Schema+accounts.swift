import Storage

extension Schema {
    /// Accounts that can be found, owned and merged.
    static let accounts = Migration(
        "icp-accounts-1",
        sql: """
            CREATE TABLE account_with_root (
                account_id TEXT PRIMARY KEY,
                -- the account that it is part of: itself, until it is merged into another
                root_id TEXT NOT NULL REFERENCES account_with_root (account_id),
                -- of a root: the account that owns it, by the id that was said; it may not be known yet
                parent_id TEXT,
                -- as it was said
                account BLOB NOT NULL,
                -- whether account_key has its keys: 0 after a change of how keys are made
                is_keyed INTEGER NOT NULL CHECK (is_keyed IN (0, 1)),
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CHECK (parent_id IS NULL OR root_id = account_id)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO account_with_root (account_id, root_id, account, is_keyed, created_at, updated_at)
                SELECT account_id, account_id, account, 0, updated_at, updated_at FROM account;
            DROP TABLE account;
            ALTER TABLE account_with_root RENAME TO account;
            CREATE INDEX account_root ON account (root_id);
            CREATE INDEX account_parent ON account (parent_id) WHERE parent_id IS NOT NULL;
            CREATE INDEX account_unkeyed ON account (account_id) WHERE is_keyed = 0;

            CREATE TABLE account_key (
                account_id TEXT NOT NULL REFERENCES account (account_id),
                kind TEXT NOT NULL CHECK (kind IN ('domain', 'registered_domain', 'name')),
                key TEXT NOT NULL,
                PRIMARY KEY (account_id, kind, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX account_key_key ON account_key (kind, key, account_id);

            CREATE TABLE account_merge (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                account_id TEXT NOT NULL REFERENCES account (account_id),
                merged_id TEXT NOT NULL REFERENCES account (account_id),
                merged_by TEXT NOT NULL,
                reason TEXT NOT NULL,
                merged_at INTEGER NOT NULL,
                CHECK (account_id <> merged_id)
            ) STRICT;
            CREATE INDEX account_merge_account ON account_merge (account_id);
            CREATE TRIGGER account_merge_stays BEFORE UPDATE ON account_merge
                BEGIN SELECT RAISE(ABORT, 'merges are append-only'); END;
            CREATE TRIGGER account_merge_remains BEFORE DELETE ON account_merge
                BEGIN SELECT RAISE(ABORT, 'merges are append-only'); END;

            CREATE TABLE target_list (
                list_id TEXT NOT NULL,
                revision INTEGER NOT NULL CHECK (revision > 0),
                state TEXT NOT NULL CHECK (state IN ('proposed', 'partly_signed', 'in_force', 'superseded')),
                name TEXT NOT NULL,
                digest TEXT NOT NULL CHECK (length(digest) = 64),
                proposed_by TEXT NOT NULL,
                proposed_at INTEGER NOT NULL,
                comment TEXT NOT NULL,
                effective_at INTEGER,
                superseded_at INTEGER,
                PRIMARY KEY (list_id, revision),
                CHECK (state <> 'in_force' OR effective_at IS NOT NULL),
                CHECK ((superseded_at IS NOT NULL) = (state = 'superseded'))
            ) STRICT, WITHOUT ROWID;
            CREATE UNIQUE INDEX target_list_in_force ON target_list (list_id) WHERE state = 'in_force';
            CREATE UNIQUE INDEX target_list_open ON target_list (list_id)
                WHERE state IN ('proposed', 'partly_signed');

            CREATE TABLE target_list_signature (
                list_id TEXT NOT NULL,
                revision INTEGER NOT NULL,
                side TEXT NOT NULL CHECK (side IN ('marketing', 'sales')),
                signer TEXT NOT NULL,
                signed_at INTEGER NOT NULL,
                digest TEXT NOT NULL,
                PRIMARY KEY (list_id, revision, side),
                UNIQUE (list_id, revision, signer),
                FOREIGN KEY (list_id, revision) REFERENCES target_list (list_id, revision)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE target_account (
                list_id TEXT NOT NULL,
                revision INTEGER NOT NULL,
                account_id TEXT NOT NULL REFERENCES account (account_id),
                marketing_owner TEXT NOT NULL,
                sales_owner TEXT NOT NULL CHECK (sales_owner <> marketing_owner),
                note TEXT NOT NULL,
                PRIMARY KEY (list_id, revision, account_id),
                FOREIGN KEY (list_id, revision) REFERENCES target_list (list_id, revision)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX target_account_account ON target_account (account_id);

            CREATE TABLE target_list_change (
                list_id TEXT NOT NULL,
                revision INTEGER NOT NULL,
                position INTEGER NOT NULL,
                kind TEXT NOT NULL,
                account_id TEXT NOT NULL,
                sentence TEXT NOT NULL,
                PRIMARY KEY (list_id, revision, position),
                FOREIGN KEY (list_id, revision) REFERENCES target_list (list_id, revision)
            ) STRICT, WITHOUT ROWID;
            """)
}
