import Kernel
import Statistics

/// How many leads of each period have one of several readings.
public struct StabilityGroup: Hashable, Sendable {
    /// Such as `holds`, `software`, `20 to 50`, `others` or `missing`.
    public let name: String
    public let reference: Int
    public let current: Int

    /// Expected in the smaller period, as a chi-square test wants it of every group.
    private static let expectedAtLeast = 5.0
    private static let namesAtMost = 20

    /// Groups by name: the most frequent, as long as enough leads have it, and the rest together. Which are frequent
    /// is counted over both periods, so that neither a name that is new nor one that is gone hides among the rest.
    ///
    /// - Parameter missing: what leads without a name are called.
    static func named(_ reference: [String?], _ current: [String?], missing: String = "missing") -> [StabilityGroup] {
        var counts: [String?: (reference: Int, current: Int)] = [:]
        for name in reference { counts[name, default: (0, 0)].reference += 1 }
        for name in current { counts[name, default: (0, 0)].current += 1 }
        let needed = expectedAtLeast * expectation(reference.count, current.count)
        let order = counts.sorted { left, right in
            let sizes = (left.value.reference + left.value.current, right.value.reference + right.value.current)
            return sizes.0 == sizes.1 ? (left.key ?? "") < (right.key ?? "") : sizes.0 > sizes.1
        }
        let kept = order.prefix(namesAtMost).prefix { Double($0.value.reference + $0.value.current) >= needed }
        let rest = order.dropFirst(kept.count)
        var groups = kept.map { name, count in
            StabilityGroup(name: name ?? missing, reference: count.reference, current: count.current)
        }
        if let first = rest.first {
            groups.append(
                StabilityGroup(
                    name: rest.count == 1 ? first.key ?? missing : "others",
                    reference: rest.reduce(0) { $0 + $1.value.reference },
                    current: rest.reduce(0) { $0 + $1.value.current }))
        }
        return groups
    }

    /// Groups of about equal size by quantiles of the reference: ten, or fewer where leads are few.
    ///
    /// - Parameter missing: what leads without a number are called.
    static func ranged(_ reference: [Double?], _ current: [Double?], missing: String = "missing") -> [StabilityGroup] {
        let sorted = reference.compactMap(\.self).sorted()
        let numbers = Double(sorted.count + current.count { $0 != nil })
        let expected = numbers / expectation(reference.count, current.count)
        let ranges = Int(min(10, expected / expectedAtLeast, Double(sorted.count) / expectedAtLeast))
        var edges: [Double] = []
        for number in 1..<max(ranges, 1) {
            let edge = Summary.quantile(Double(number) / Double(ranges), ofSorted: sorted)
            if edge > edges.last ?? -.infinity { edges.append(edge) }
        }
        var counts = [(reference: Int, current: Int)](repeating: (0, 0), count: edges.count + 2)
        for number in reference { counts[place(number, edges)].reference += 1 }
        for number in current { counts[place(number, edges)].current += 1 }
        return counts.enumerated().filter { $1.reference + $1.current > 0 }.map { place, count in
            StabilityGroup(
                name: place > edges.count ? missing : name(place, edges), reference: count.reference,
                current: count.current)
        }
    }

    /// Leads of both periods for one that is expected in the smaller.
    private static func expectation(_ reference: Int, _ current: Int) -> Double {
        Double(max(reference + current, 1)) / Double(max(min(reference, current), 1))
    }

    /// A range reaches up to and with its upper edge; what is missing comes last.
    private static func place(_ number: Double?, _ edges: [Double]) -> Int {
        guard let number else { return edges.count + 1 }
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func name(_ place: Int, _ edges: [Double]) -> String {
        guard let last = edges.last else { return "any" }
        if place == 0 { return "to \(text(edges[0]))" }
        return place == edges.count ? "above \(text(last))" : "\(text(edges[place - 1])) to \(text(edges[place]))"
    }

    private static func text(_ edge: Double) -> String {
        let hundredths = (edge * 100).rounded() / 100
        return Int64(exactly: hundredths).map { "\($0)" } ?? "\(hundredths)"
    }
}
