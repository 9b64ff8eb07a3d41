/// A fault of a mapping file or of a row, with the line it is on.
public struct ImportFault: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// 1-based; the heading of a CSV file is line 1. 0 where the fault is of the whole file.
    public var line: Int
    public var path: String
    public var found: String
    public var expected: String

    public init(file: String, line: Int, path: String, found: String, expected: String) {
        self.file = file
        self.line = line
        self.path = path
        self.found = found
        self.expected = expected
    }

    public var description: String {
        "\(file):\(line): \(path): found \(found), expected \(expected)"
    }
}

/// All faults of a file at once.
public struct ImportFaults: Error, Sendable, CustomStringConvertible {
    public var faults: [ImportFault]

    public init(_ faults: [ImportFault]) {
        self.faults = faults
    }

    public var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
