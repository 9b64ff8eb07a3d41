import Storage

extension Schema {
    /// From here on documents of engagement lack what other columns say, see ``EngagementQueries``. Nothing changes in the
    /// store but that programs that would miss it do not open it.
    static let documents1 = Migration("scoring-documents", sql: "SELECT 1")
}
