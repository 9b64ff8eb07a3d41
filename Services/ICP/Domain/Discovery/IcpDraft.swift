public import Criteria
import Kernel

/// A draft of the `icp` section, made of what wins.
///
/// - Values of one text field that win make one criterion; of the ranges of a number, the most telling one does.
/// - A criterion weighs as many points as its win rate lies above that of the rest, in percent.
/// - Tier A takes the deals of the highest scores, as many as a segment needs; tier B all that meet any criterion.
public struct IcpDraft: Sendable {
    public struct Entry: Sendable {
        public let criterion: WeightedTiers.Criterion
        /// What speaks for it, one or more.
        public let evidence: [DiscoveredSegment]
    }

    public struct DraftTier: Sendable {
        public let tier: WeightedTiers.Tier
        /// Of the deals looked at, those in it or in a better one.
        public let deals: Int
        public let won: Int
    }

    public let entries: [Entry]
    public let tiers: [DraftTier]

    /// Pairs in the draft: more make it hard to read, and overlap.
    private static let pairsAtMost = 5

    /// Nil where nothing wins that an `icp` section can say.
    public init?(_ discovery: Discovery) {
        let winners = discovery.winners.filter(\.isOfCompany)
        guard !winners.isEmpty else { return nil }
        var ids: Set<String> = []
        let groups = Self.groups(winners.filter { $0.conditions.count == 1 })
        let pairs = winners.filter { $0.conditions.count == 2 }.prefix(Self.pairsAtMost).map { [$0] }
        entries = (groups + pairs).map { Self.entry($0, &ids) }
        tiers = Self.tiers(discovery, entries.map(\.criterion))
    }

    public var criteria: [WeightedTiers.Criterion] { entries.map(\.criterion) }

    /// What makes one criterion, in the order of the best of each.
    private static func groups(_ singles: [DiscoveredSegment]) -> [[DiscoveredSegment]] {
        var groups: [[DiscoveredSegment]] = []
        for segment in singles {
            let condition = segment.conditions[0]
            let place = groups.firstIndex { group in
                let other = group[0].conditions[0]
                switch (condition.test, other.test) {
                case (.equals, .equals), (.range, .range): return condition.field == other.field
                default: return false
                }
            }
            guard let place else {
                groups.append([segment])
                continue
            }
            if case .equals = condition.test { groups[place].append(segment) }
        }
        return groups
    }

    private static func entry(_ evidence: [DiscoveredSegment], _ ids: inout Set<String>) -> Entry {
        let known = evidence[0].deals + evidence[0].restDeals
        let knownWon = evidence[0].won + evidence[0].restWon
        let deals = evidence.reduce(0) { $0 + $1.deals }
        let won = evidence.reduce(0) { $0 + $1.won }
        let lead = Tally(deals: deals, won: won).rate - Tally(deals: known - deals, won: knownWon - won).rate
        let criterion = WeightedTiers.Criterion(
            id: id(of: evidence, &ids), weight: max(1, (lead * 100).rounded()), when: criteria(of: evidence))
        return Entry(criterion: criterion, evidence: evidence)
    }

    private static func criteria(of evidence: [DiscoveredSegment]) -> Criteria {
        let texts = evidence.compactMap { segment -> FieldValue? in
            if case .equals(let text) = segment.conditions[0].test { .text(text) } else { nil }
        }
        guard evidence.count > 1 else { return evidence[0].criteria }
        return .leaf(Criteria.Leaf(field: evidence[0].conditions[0].field.name, op: .isIn, value: .list(texts)))
    }

    /// Of letters, digits and hyphens, at most 64, and unique.
    private static func id(of evidence: [DiscoveredSegment], _ ids: inout Set<String>) -> String {
        let words = evidence.count > 1 ? evidence[0].conditions[0].field.name : evidence[0].text
        var id = ""
        for scalar in words.lowercased().unicodeScalars {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain { id.unicodeScalars.append(scalar) } else if !id.isEmpty, id.last != "-" { id += "-" }
        }
        id = String(id.prefix(56))
        while id.last == "-" { id.removeLast() }
        var unique = id
        var number = 2
        while !ids.insert(unique).inserted {
            unique = "\(id)-\(number)"
            number += 1
        }
        return unique
    }

    private static func tiers(
        _ discovery: Discovery, _ criteria: [WeightedTiers.Criterion]
    ) -> [DraftTier] {
        guard let catalogue = discovery.input.accounts.first?.catalogue,
            let profile = try? WeightedTiers(tiers: [], criteria: criteria, catalogue: catalogue)
        else { return [] }
        let scores = discovery.input.accounts.map { profile.place($0, now: .distantPast).score }
        func tier(_ name: String, from score: Double) -> DraftTier {
            let members = discovery.input.deals.filter { scores[$0.account] >= score }
            return DraftTier(
                tier: WeightedTiers.Tier(name: name, atLeast: (score * 10).rounded(.down) / 10),
                deals: members.count, won: members.count(where: \.won))
        }
        let attained = Set(discovery.input.deals.map { scores[$0.account] }).filter { $0 > 0 }.sorted(by: >)
        guard let least = attained.last else { return [] }
        let best = attained.lazy.map { tier("A", from: $0) }
            .first { $0.deals >= discovery.settings.minimumDeals }
        guard let best, best.tier.atLeast > (least * 10).rounded(.down) / 10 else { return [tier("A", from: least)] }
        return [best, tier("B", from: least)]
    }
}
