/// How one field of a record comes from a row of a CSV file.
struct ColumnRule: Sendable, Hashable {
    /// The column to read; nil for a constant or a template.
    var column: String?
    var constant: String?
    /// Text with `{column}` in it.
    var template: String?
    /// Other spellings of a value, applied before anything else.
    var replace: [String: String] = [:]
    var lookup: Lookup?
    /// The values that are known; another one is an error of its line, unless it is blank.
    var values: [String: String]?
    /// Used where the value is blank.
    var fallback: String?
    /// Of an amount: the ISO 4217 code.
    var currency: String?
    /// Of an amount: what it is counted in. 1 for major units, 1,000,000 for millions.
    var unit = 1.0
    /// Of a list: what parts it.
    var separator = ";"

    /// A value of another CSV file, found by key.
    struct Lookup: Sendable, Hashable {
        var file: String
        var key: String
        var value: String
    }
}

/// What a mapping file says: which records a CSV file holds and where each field comes from.
public struct ImportMapping: Sendable {
    public var kind: ImportKind
    /// The file it is written for, relative to the data folder; only `accord replay` needs it.
    public var file: String?
    var columns: [(field: String, rule: ColumnRule)]
    /// Rows in which one of these columns is blank are left out, and counted.
    var skipWhenBlank: [String]
    /// Rows whose column has another value than the ones given are left out, and counted.
    var only: [String: Set<String>]
}

/// What can be imported.
public enum ImportKind: String, Sendable, CaseIterable {
    case leads, engagements, accounts, opportunities, touches
}
