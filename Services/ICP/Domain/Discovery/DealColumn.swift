import Criteria

/// One field over all deals: where it is known, and the properties that it can give.
struct DealColumn: Sendable {
    struct Member: Sendable {
        let condition: SegmentCondition
        let deals: BitSet
        /// Whether pairs are made with it; the middle ranges of numbers are only looked at alone.
        let pairs: Bool
    }

    let field: DiscoveryInput.Field
    /// Deals that take part in comparisons by this field.
    let known: BitSet
    let missing: BitSet
    let cuts: [Double]
    let members: [Member]
    /// Whether some values were left out because there are too many.
    let isCut: Bool

    init(_ field: DiscoveryInput.Field, _ input: DiscoveryInput, _ settings: DiscoverySettings) {
        let values = input.values(of: field)
        var present = BitSet(size: values.count)
        var missing = BitSet(size: values.count)
        for (deal, value) in values.enumerated() {
            if value == nil { missing.insert(deal) } else { present.insert(deal) }
        }
        self.field = field
        self.missing = missing
        var reader = MemberReader(field: field, values: values, settings: settings)
        reader.read()
        if settings.includesMissing { reader.add(.missing, missing, pairs: true) }
        known = settings.includesMissing ? Self.union(present, missing) : present
        cuts = reader.cuts
        members = reader.members
        isCut = reader.isCut
    }

    private static func union(_ left: BitSet, _ right: BitSet) -> BitSet {
        var union = left
        for member in right.members { union.insert(member) }
        return union
    }
}

/// Finds the properties that enough deals have.
private struct MemberReader {
    let field: DiscoveryInput.Field
    let values: [FieldValue?]
    let settings: DiscoverySettings
    private(set) var members: [DealColumn.Member] = []
    private(set) var cuts: [Double] = []
    private(set) var isCut = false

    init(field: DiscoveryInput.Field, values: [FieldValue?], settings: DiscoverySettings) {
        self.field = field
        self.values = values
        self.settings = settings
    }

    mutating func read() {
        switch field.type {
        case .text:
            readTexts {
                [$0]
            } test: {
                .equals($0)
            }
        case .list:
            readTexts {
                if case .list(let entries) = $0 { entries } else { [] }
            } test: {
                .contains($0)
            }
        case .number: readNumbers()
        case .boolean:
            for truth in [true, false] { add(.truth(truth), deals { $0 == .boolean(truth) }, pairs: true) }
        case .date: break
        }
    }

    mutating func add(_ test: SegmentCondition.Test, _ deals: BitSet, pairs: Bool) {
        guard deals.count >= settings.minimumDeals else { return }
        members.append(
            DealColumn.Member(condition: SegmentCondition(field: field, test: test), deals: deals, pairs: pairs))
    }

    private func deals(_ has: (FieldValue) -> Bool) -> BitSet {
        var deals = BitSet(size: values.count)
        for (deal, value) in values.enumerated() {
            if let value, has(value) { deals.insert(deal) }
        }
        return deals
    }

    /// Texts differ as criteria see them, without regard to case; the most frequent spelling names them.
    private mutating func readTexts(
        _ parts: (FieldValue) -> [FieldValue], test: (String) -> SegmentCondition.Test
    ) {
        var deals: [String: BitSet] = [:]
        var spellings: [String: [String: Int]] = [:]
        for (deal, value) in values.enumerated() {
            guard let value else { continue }
            for part in parts(value) {
                let text = part.text
                let key = text.lowercased()
                deals[key, default: BitSet(size: values.count)].insert(deal)
                spellings[key, default: [:]][text, default: 0] += 1
            }
        }
        let frequent = deals.map { (key: $0.key, deals: $0.value, count: $0.value.count) }
            .filter { $0.count >= settings.minimumDeals }
            .sorted { ($1.count, $0.key) < ($0.count, $1.key) }
        isCut = frequent.count > DiscoverySettings.valuesAtMost
        for entry in frequent.prefix(DiscoverySettings.valuesAtMost) {
            let spelling = spellings[entry.key]?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? entry.key
            add(test(spelling), entry.deals, pairs: true)
        }
    }

    /// Every run of neighbouring ranges but the whole.
    private mutating func readNumbers() {
        let numbers = values.map { if case .number(let number) = $0 { number } else { Double?.none } }
        cuts = NumberCuts.cuts(numbers.compactMap(\.self), ranges: settings.ranges)
        let edges = [nil] + cuts.map(Optional.some) + [nil]
        for first in edges.indices.dropLast() {
            for last in edges.indices.dropFirst(first + 1) where last - first < edges.count - 1 {
                let (low, high) = (edges[first], edges[last])
                var deals = BitSet(size: values.count)
                for (deal, number) in numbers.enumerated() {
                    if let number, number >= low ?? number, high.map({ number < $0 }) ?? true { deals.insert(deal) }
                }
                add(.range(low: low, high: high), deals, pairs: low == nil || high == nil)
            }
        }
    }
}
