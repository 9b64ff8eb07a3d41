import Contracts

/// What was found in closed deals, as people read it.
enum DiscoveryText {
    static func report(_ answer: WireDiscoverIcpResponse) -> String {
        let deals = answer.deals
        var lines = [
            "\(deals.used) of \(deals.closed) closed deals, \(deals.won) won, at \(deals.accounts) accounts; "
                + "\(answer.singlesTested) properties and \(answer.pairsTested) pairs compared with the rest"
        ]
        lines += deals.leftOut.map { left in
            "left out: \(left.deals) (\(left.reason.replacing("_", with: " ")); such as "
                + "\(left.examples.joined(separator: ", ")))"
        }
        lines += answer.fields.filter { $0.missing > 0 }.map { field in
            "\(field.field) is missing in \(field.missing) deals, \(field.missingWon) of them won"
        }
        lines += answer.warnings.map { "note: \($0)" }
        for (verdict, title) in [("wins", "Wins"), ("loses", "Loses"), ("unproven", "Not more than chance")] {
            lines += section(title, answer.segments.filter { $0.verdict == verdict })
        }
        if answer.hasShuffles {
            lines.append("")
            lines.append(
                "With outcomes shuffled, something was proposed in \(answer.shuffles.proposing) of "
                    + "\(answer.shuffles.shuffles) trials.")
        }
        lines.append("")
        lines.append(
            answer.document.isEmpty
                ? "Nothing to propose." : "A draft of the icp section: accord icp discover --yaml")
        return lines.joined(separator: "\n")
    }

    private static func section(_ title: String, _ segments: [WireDiscoverySegment]) -> [String] {
        guard !segments.isEmpty else { return [] }
        var table = TextTable([
            "segment", "deals", "won", "rest", "lift", "95 % interval", "p", "adjusted", "value", "rest", "days",
            "rest",
        ])
        for segment in segments {
            let value = segment.hasValue ? segment.value : nil
            let cycle = segment.hasCycle ? segment.cycle : nil
            table.add([
                segment.description_p + (segment.isOfCompany ? "" : " *"), "\(segment.deals)",
                Format.percent(segment.winRate), Format.percent(segment.restWinRate), Format.fixed(segment.lift, 2),
                "\(Format.fixed(segment.liftLow, 2)) to \(Format.fixed(segment.liftHigh, 2))", small(segment.pValue),
                small(segment.adjustedPValue), value.map { Format.fixed($0.median, 0) } ?? "",
                value.map { Format.fixed($0.restMedian, 0) } ?? "", cycle.map { Format.fixed($0.median, 0) } ?? "",
                cycle.map { Format.fixed($0.restMedian, 0) } ?? "",
            ])
        }
        var lines = ["", title, table.text]
        if segments.contains(where: { !$0.isOfCompany }) {
            lines.append("* a property of the deal, which an icp section cannot say")
        }
        return lines
    }

    /// Three digits behind the point, or one and the power of ten.
    private static func small(_ number: Double) -> String {
        guard number > 0, number < 0.001 else { return Format.fixed(number, 3) }
        var digits = number
        var exponent = 0
        while digits < 1 {
            digits *= 10
            exponent += 1
        }
        return "\(Format.fixed(digits, 1))e-\(exponent)"
    }
}
