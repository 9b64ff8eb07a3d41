/// Finds what someone probably meant to write.
public enum NearestName {
    /// The candidate with the fewest edits to `name`, where that is at most a third of its length (at least 2).
    ///
    /// Ties go to the first. Names longer than 64 bytes have no neighbour.
    public static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        var best: String?
        var fewest = max(2, wanted.count / 3) + 1
        for candidate in candidates {
            let edits = distance(wanted, Array(candidate.lowercased().utf8), below: fewest)
            if edits < fewest {
                fewest = edits
                best = candidate
            }
        }
        return best
    }

    /// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8], below limit: Int) -> Int {
        guard abs(left.count - right.count) < limit else { return limit }
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var edits = min(
                    previous[column + 1] + 1, current[column] + 1, previous[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    edits = min(edits, before[column - 1] + 1)
                }
                current.append(edits)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
