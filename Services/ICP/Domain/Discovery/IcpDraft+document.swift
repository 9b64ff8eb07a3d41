import Criteria

extension IcpDraft {
    /// The section as YAML, with the evidence for each criterion in comments: valid inside an agreement.
    ///
    /// - Parameter heading: lines of comment at its top.
    public func document(heading: [String]) -> String {
        var lines = heading.map { "# \($0)" } + ["icp:", "  tiers:"]
        for tier in tiers {
            lines.append("    # \(EvidenceText.rate(tier.won, of: tier.deals)) of the deals it was found in")
            lines.append("    - {name: \(tier.tier.name), at_least: \(Tree.text(of: tier.tier.atLeast))}")
        }
        lines.append("  criteria:")
        for entry in entries {
            for segment in entry.evidence {
                lines += EvidenceText.sentences(segment).map { "    # \($0)" }
            }
            let criterion = entry.criterion
            lines.append("    - id: \(criterion.id)")
            lines.append("      weight: \(Tree.text(of: criterion.weight))")
            lines.append("      when: \(criterion.when.tree.canonicalJSON)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The evidence for a segment in words; a line break in a value cannot end a comment.
enum EvidenceText {
    static func sentences(_ segment: DiscoveredSegment) -> [String] {
        let interval = segment.interval
        let lift = segment.liftInterval
        var lines = [
            "\(plain(segment.text)): won \(rate(segment.won, of: segment.deals)) at "
                + "\(segment.accounts) accounts, 95 % interval \(percent(interval.low)) to \(percent(interval.high))",
            "the rest: \(rate(segment.restWon, of: segment.restDeals)); lift \(fixed(segment.lift)) "
                + "(\(fixed(lift.low)) to \(fixed(lift.high))); "
                + "p \(small(segment.pValue)), adjusted \(small(segment.adjustedPValue))",
        ]
        if let value = segment.value { lines.append(comparison("value of a won deal", value, unit: "")) }
        if let cycle = segment.cycle { lines.append(comparison("cycle of a won deal", cycle, unit: " days")) }
        return lines
    }

    static func rate(_ won: Int, of deals: Int) -> String {
        "\(won) of \(deals) (\(percent(Tally(deals: deals, won: won).rate)))"
    }

    private static func comparison(_ name: String, _ amounts: AmountComparison, unit: String) -> String {
        "\(name): median \(fixed(amounts.median))\(unit), the rest \(fixed(amounts.restMedian))\(unit) "
            + "(p \(small(amounts.pValue)))"
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// With two digits behind the point.
    private static func fixed(_ number: Double) -> String {
        guard number.magnitude < 1e15 else { return "\(number)" }
        let hundredths = Int((number.magnitude * 100).rounded())
        let digits = hundredths % 100
        return "\(number < 0 ? "-" : "")\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
    }

    /// Two significant digits, such as `0.03` or `1.2e-12`.
    private static func small(_ number: Double) -> String {
        guard number > 0 else { return "0" }
        if number >= 0.001 { return "\((number * 1_000).rounded() / 1_000)" }
        var digits = number
        var exponent = 0
        while digits < 1 {
            digits *= 10
            exponent += 1
        }
        let tenths = Int((digits * 10).rounded())
        return tenths == 100 ? "1.0e-\(exponent - 1)" : "\(tenths / 10).\(tenths % 10)e-\(exponent)"
    }
}
