import Kernel

/// The partitions that a replica owns, as people write them: `all`, or `0-15,32`.
public struct PartitionSet: Hashable, Sendable {
    public let numbers: Set<Int>

    public static let all = PartitionSet(numbers: Set(0..<Partition.count))

    private init(numbers: Set<Int>) {
        self.numbers = numbers
    }

    /// - Returns: nil where the text names no partition, or one that does not exist.
    public init?(text: String) {
        if text == "all" {
            self = .all
            return
        }
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first >= 0, first <= last, last < Partition.count
            else { return nil }
            numbers.formUnion(first...last)
        }
        self.init(numbers: numbers)
    }

    public func contains(_ partition: Int) -> Bool {
        numbers.contains(partition)
    }

    /// The shortest text that reads the same.
    public var text: String {
        guard self != .all else { return "all" }
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
