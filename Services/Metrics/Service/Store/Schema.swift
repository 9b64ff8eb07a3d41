import Storage

/// The tables of Metrics: facts, each under its natural key, so that it does not matter which came first.
enum Schema {
    static let migrations = [
        Migration("metrics-1", sql: leads + touches + steps + timers + opportunities),
        Migration("metrics-2", sql: "CREATE INDEX touch_account ON touch (account_id, occurred_at) WHERE lead = 0"),
    ]

    /// One row a lead: the dimensions of every report, by whoever knew them last. `facts_rank` is 1 where they come
    /// from Scoring, whose they are, 0 where another service passed them on, and -1 where nothing is known yet but
    /// that something else names the lead.
    ///
    /// `number` stands for the lead in the other tables. It grows with arrival, so that what belongs to new leads is
    /// written side by side: keyed by the id itself, every insert would land on another page. It is never shown.
    private static let leads = """
        CREATE TABLE lead (
            number INTEGER PRIMARY KEY,
            lead_id TEXT NOT NULL UNIQUE CHECK (lead_id <> ''),
            partition INTEGER NOT NULL CHECK (partition BETWEEN 0 AND 63),
            account_id TEXT NOT NULL,
            company TEXT NOT NULL,
            domain TEXT NOT NULL,
            source TEXT NOT NULL,
            channel TEXT NOT NULL,
            campaign TEXT NOT NULL,
            segment TEXT NOT NULL,
            tier TEXT NOT NULL,
            motion TEXT NOT NULL,
            territory TEXT NOT NULL,
            industry TEXT NOT NULL,
            country TEXT NOT NULL,
            created_at INTEGER,
            facts_rank INTEGER NOT NULL CHECK (facts_rank BETWEEN -1 AND 1),
            facts_at INTEGER NOT NULL,
            engaged_at INTEGER,
            first_scored_at INTEGER,
            first_version INTEGER NOT NULL DEFAULT 0,
            owned_at INTEGER,
            rep_id TEXT NOT NULL DEFAULT '',
            team TEXT NOT NULL DEFAULT '',
            CHECK ((created_at IS NULL) = (facts_rank = -1))
        ) STRICT;

        """

    /// What each id of a lead that has several was told itself, as the columns of `lead` say it of a lead of one id.
    /// `root` is the number of the lead that an id is part of, in both tables.
    static let parts = Migration(
        "metrics-3",
        sql: """
            ALTER TABLE lead ADD COLUMN root INTEGER;
            CREATE TABLE lead_part (
                lead INTEGER PRIMARY KEY,
                root INTEGER NOT NULL,
                account_id TEXT NOT NULL,
                company TEXT NOT NULL,
                domain TEXT NOT NULL,
                source TEXT NOT NULL,
                channel TEXT NOT NULL,
                campaign TEXT NOT NULL,
                segment TEXT NOT NULL,
                tier TEXT NOT NULL,
                motion TEXT NOT NULL,
                territory TEXT NOT NULL,
                industry TEXT NOT NULL,
                country TEXT NOT NULL,
                created_at INTEGER,
                facts_rank INTEGER NOT NULL,
                facts_at INTEGER NOT NULL,
                engaged_at INTEGER,
                first_scored_at INTEGER,
                first_version INTEGER NOT NULL,
                owned_at INTEGER,
                rep_id TEXT NOT NULL,
                team TEXT NOT NULL
            ) STRICT;
            CREATE INDEX lead_part_root ON lead_part (root);
            """)

    /// `recorded` is 1 for a touch that RecordTouches took and 0 for an engagement that Scoring told of. Where both
    /// know one touch of a lead, the recorded one counts. `lead` is 0 where only the account is known.
    private static let touches = """
        CREATE TABLE touch (
            lead INTEGER NOT NULL,
            touch_id TEXT NOT NULL CHECK (touch_id <> ''),
            recorded INTEGER NOT NULL CHECK (recorded IN (0, 1)),
            occurred_at INTEGER NOT NULL,
            account_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            campaign TEXT NOT NULL,
            content_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            cost INTEGER CHECK (cost >= 0),
            cost_currency TEXT,
            agreement_version INTEGER NOT NULL,
            PRIMARY KEY (lead, touch_id, recorded),
            CHECK ((cost IS NULL) = (cost_currency IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX touch_recorded ON touch (touch_id) WHERE recorded = 1;

        """

    /// `step` is what happened to a lead by an event; where that was entering a state, `state` says which.
    private static let steps = """
        CREATE TABLE step (
            lead INTEGER NOT NULL,
            at INTEGER NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            state INTEGER CHECK (state BETWEEN 2 AND 11),
            handoff_id TEXT NOT NULL,
            rep_id TEXT NOT NULL,
            team TEXT NOT NULL,
            detail TEXT NOT NULL,
            agreement_version INTEGER NOT NULL,
            PRIMARY KEY (lead, at, event_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX step_state ON step (lead, state, at) WHERE state IS NOT NULL;
        CREATE TABLE score_change (
            lead INTEGER NOT NULL,
            at INTEGER NOT NULL,
            total REAL NOT NULL,
            previous_total REAL NOT NULL,
            grade TEXT NOT NULL,
            agreement_version INTEGER NOT NULL,
            PRIMARY KEY (lead, at, total, previous_total)
        ) STRICT, WITHOUT ROWID;

        """

    private static let timers = """
        CREATE TABLE timer (
            number INTEGER PRIMARY KEY,
            timer_id TEXT NOT NULL UNIQUE CHECK (timer_id <> ''),
            rule TEXT NOT NULL,
            lead INTEGER NOT NULL,
            rep_id TEXT NOT NULL,
            team TEXT NOT NULL,
            standing INTEGER NOT NULL CHECK (standing BETWEEN 1 AND 5),
            told_at INTEGER NOT NULL,
            armed_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            ended_at INTEGER,
            met_late_at INTEGER,
            elapsed_seconds REAL NOT NULL,
            agreement_version INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX timer_lead ON timer (lead);
        CREATE INDEX timer_armed ON timer (armed_at);
        CREATE TABLE timer_warning (
            timer_id TEXT NOT NULL,
            percent REAL NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (timer_id, percent)
        ) STRICT, WITHOUT ROWID;

        """

    /// `outcome` is that of the contract: 1 open, 2 won, 3 lost. The stages opportunity, customer and lost of a lead
    /// are read from here and kept nowhere else.
    private static let opportunities = """
        CREATE TABLE opportunity (
            opportunity_id TEXT PRIMARY KEY CHECK (opportunity_id <> ''),
            lead_id TEXT NOT NULL,
            lead INTEGER NOT NULL,
            account_id TEXT NOT NULL,
            stage TEXT NOT NULL,
            outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 3),
            amount INTEGER CHECK (amount >= 0),
            list_value INTEGER CHECK (list_value >= 0),
            currency TEXT,
            opened_at INTEGER,
            closed_at INTEGER,
            source TEXT NOT NULL,
            rep_id TEXT NOT NULL,
            team TEXT NOT NULL,
            CHECK ((lead = 0) = (lead_id = '')),
            CHECK ((closed_at IS NULL) = (outcome = 1)),
            CHECK ((currency IS NULL) = (amount IS NULL AND list_value IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX opportunity_lead ON opportunity (lead) WHERE lead > 0;
        CREATE INDEX opportunity_closed ON opportunity (outcome, closed_at);
        CREATE TABLE opportunity_dimension (
            opportunity_id TEXT NOT NULL REFERENCES opportunity ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (opportunity_id, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX opportunity_dimension_name ON opportunity_dimension (name);
        CREATE VIEW stage_entry (lead, state, at) AS
            SELECT number, 2, created_at FROM lead WHERE created_at IS NOT NULL
            UNION ALL SELECT number, 3, engaged_at FROM lead WHERE engaged_at IS NOT NULL
            UNION ALL SELECT lead, state, at FROM step WHERE state IS NOT NULL
            UNION ALL SELECT lead, 7, opened_at FROM opportunity WHERE lead > 0 AND opened_at IS NOT NULL
            UNION ALL SELECT lead, 8, closed_at FROM opportunity WHERE lead > 0 AND outcome = 2
            UNION ALL SELECT lead, 11, closed_at FROM opportunity WHERE lead > 0 AND outcome = 3;
        """
}
