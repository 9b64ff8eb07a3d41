import Storage

extension Schema {
    /// When it was recorded that a lead qualified, which may be long after it did; not kept of older rows, nor of what a
    /// split or another version finds when it looks back.
    static let recorded1 = Migration(
        "scoring-qualification-recorded",
        sql: """
            ALTER TABLE qualification ADD COLUMN recorded_at INTEGER;
            ALTER TABLE former_qualification ADD COLUMN recorded_at INTEGER;
            """)
}
