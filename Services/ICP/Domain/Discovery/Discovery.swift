import Statistics

/// Looks in closed deals for the properties that win.
///
/// Properties of one field and of two are compared with the rest of the deals, by Fisher's exact test, two-sided. A
/// pair has to differ from the rest and from each of its singles without the other: its p-value is the largest of the
/// three (an intersection-union test: R. Berger, "Multiparameter Hypothesis Testing and Acceptance Sampling",
/// Technometrics 24, 1982). Benjamini-Hochberg is applied to singles and to pairs, each at half the false-discovery
/// rate, so that the rate holds for both together and many pairs do not drown the singles.
public struct Discovery: Sendable {
    public let input: DiscoveryInput
    public let settings: DiscoverySettings
    public let columns: [DiscoveredColumn]
    public let singlesTested: Int
    public let pairsTested: Int
    /// All comparisons: what wins, what loses, then the others, each the most telling first.
    public let segments: [DiscoveredSegment]
    /// What should be known before the result is used.
    public let warnings: [String]
    private let hypotheses: [Hypothesis]
    private let won: BitSet

    /// - Parameter input: with at least one field; deals refer to its accounts.
    public init(_ input: DiscoveryInput, _ settings: DiscoverySettings = DiscoverySettings()) {
        let columns = input.fields.map { DealColumn($0, input, settings) }
        let finder = HypothesisFinder(input: input, columns: columns, settings: settings)
        let singles = finder.singles()
        let (pairs, isCut) = finder.pairs()
        var won = BitSet(size: input.deals.count)
        for (deal, entry) in input.deals.enumerated() where entry.won { won.insert(deal) }
        self.input = input
        self.settings = settings
        self.won = won
        hypotheses = singles + pairs
        singlesTested = singles.count
        pairsTested = pairs.count
        self.columns = columns.map { column in
            DiscoveredColumn(column, won, segments: singles.count { $0.members[0].condition.field == column.field })
        }
        let findings = Self.findings(hypotheses, singles: singles.count, won, settings)
        segments = findings.map { DiscoveredSegment($0, input, won) }.sorted(by: Self.precedes)
        warnings = Self.warnings(input, won, columns, settings, pairsAreCut: isCut)
    }

    /// What wins and can be proposed, best first.
    public var winners: [DiscoveredSegment] { segments.filter { $0.verdict == .wins } }

    /// Begins to look what would be proposed if outcomes had nothing to do with properties.
    public func shuffles(seed: UInt64) -> ShuffleCheck {
        ShuffleCheck(discovery: self, seed: seed)
    }

    /// Whether something would be proposed, to seek or to avoid, for given outcomes of the same deals.
    func proposes(_ won: BitSet) -> Bool {
        Self.findings(hypotheses, singles: singlesTested, won, settings).contains { $0.verdict != .unproven }
    }

    /// A comparison with what came of it.
    struct Finding {
        let hypothesis: Hypothesis
        let pValue: Double
        let adjusted: Double
        let wins: Bool
        let verdict: DiscoveredSegment.Verdict
    }

    private static func findings(
        _ hypotheses: [Hypothesis], singles: Int, _ won: BitSet, _ settings: DiscoverySettings
    ) -> [Finding] {
        let results = hypotheses.map { $0.test(won) }
        let pValues = results.map(\.pValue)
        let adjusted =
            FalseDiscovery.adjusted(Array(pValues.prefix(singles)))
            + FalseDiscovery.adjusted(Array(pValues.dropFirst(singles)))
        return hypotheses.indices.map { index in
            let isProven = adjusted[index] <= settings.falseDiscoveryRate / 2
            let wins = results[index].wins
            return Finding(
                hypothesis: hypotheses[index], pValue: pValues[index], adjusted: adjusted[index], wins: wins,
                verdict: isProven ? (wins || hypotheses[index].mirror != nil ? .wins : .loses) : .unproven)
        }
    }

    private static func precedes(_ left: DiscoveredSegment, _ right: DiscoveredSegment) -> Bool {
        if left.verdict != right.verdict { return left.verdict.rawValue < right.verdict.rawValue }
        return (left.adjustedPValue, left.pValue, left.text) < (right.adjustedPValue, right.pValue, right.text)
    }

    private static func warnings(
        _ input: DiscoveryInput, _ won: BitSet, _ columns: [DealColumn], _ settings: DiscoverySettings,
        pairsAreCut: Bool
    ) -> [String] {
        var warnings: [String] = []
        let needed = 2 * settings.minimumDeals
        if input.deals.count < needed {
            warnings.append("\(input.deals.count) deals are too few for any comparison: \(needed) are needed")
        } else if won.count == 0 || won.count == input.deals.count {
            warnings.append("all deals have the same outcome: there is nothing to compare")
        }
        for column in columns where column.isCut {
            warnings.append(
                "\(column.field.name) has more than \(DiscoverySettings.valuesAtMost) values: only the most frequent "
                    + "were looked at")
        }
        if pairsAreCut {
            warnings.append("only the \(DiscoverySettings.pairsAtMost) largest pairs were looked at")
        }
        return warnings
    }
}
