import Storage

extension Schema {
    /// What is known of leads of several ids that became part of another one, beside what was known of each id alone. Of
    /// older rows it is not known which of both their own columns have: what is split off goes on from that.
    static let nested1 = Migration(
        "scoring-nested-merges",
        sql: """
            -- as the columns without whole_; null where the ids that made it up are others by now
            ALTER TABLE lead_part ADD COLUMN whole_state INTEGER CHECK (whole_state BETWEEN 2 AND 4);
            ALTER TABLE lead_part ADD COLUMN whole_heat INTEGER CHECK (whole_heat BETWEEN 0 AND 2);
            ALTER TABLE lead_part ADD COLUMN whole_qualified_at INTEGER;
            ALTER TABLE lead_part ADD COLUMN whole_total REAL;
            ALTER TABLE lead_part ADD COLUMN whole_scored_at INTEGER;
            ALTER TABLE lead_part ADD COLUMN whole_updated_at INTEGER;
            ALTER TABLE lead_part ADD COLUMN whole_changes INTEGER
                CHECK ((whole_changes IS NULL) = (whole_state IS NULL));

            -- of what arrived when its id had been merged: the id that stayed by then; null of older rows
            ALTER TABLE engagement ADD COLUMN arrived_in TEXT;

            -- 1: of the lead when others had been merged into it, and not of itself alone
            ALTER TABLE former_qualification ADD COLUMN whole INTEGER NOT NULL DEFAULT 0 CHECK (whole BETWEEN 0 AND 1);
            ALTER TABLE former_cooling ADD COLUMN whole INTEGER NOT NULL DEFAULT 0 CHECK (whole BETWEEN 0 AND 1);
            """)
}
