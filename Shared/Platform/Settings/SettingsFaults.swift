/// Everything that is wrong with the configuration, at once.
public struct SettingsFaults: Error, CustomStringConvertible, Equatable {
    /// A sentence each, naming the key as the person wrote it and what was expected.
    public let faults: [String]

    public init(_ faults: [String]) {
        self.faults = faults
    }

    public var description: String { faults.joined(separator: "\n") }
}

enum Suggestion {
    /// `; did you mean X?` where a known name is near enough to be meant.
    static func text(for name: String, among known: [String]) -> String {
        let nearest = known.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
        guard let (meant, distance) = nearest, distance <= max(2, name.count / 4) else { return "" }
        return "; did you mean \(meant)?"
    }

    /// Levenshtein's.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
