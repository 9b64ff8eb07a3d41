import Storage

extension Schema {
    /// Append-only. What the first tables say, in words that cost SQLite less.
    static let restated = [
        Migration("scoring-state-range", restating: "lead", "state IN (2, 3, 4)", as: "state BETWEEN 2 AND 4"),
        Migration("scoring-heat-range", restating: "lead", "heat IN (0, 1, 2)", as: "heat BETWEEN 0 AND 2"),
    ]
}
