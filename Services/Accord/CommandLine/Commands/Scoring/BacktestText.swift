import Contracts
import Kernel

/// A backtest as people read it.
enum BacktestText {
    private static let weeksShown = 13

    static func report(_ answer: WireBacktestResponse) -> String {
        var lines = [
            "\(answer.leads) leads played under \(name(answer.draftVersion)) and \(name(answer.againstVersion))"
        ]
        lines += answer.warnings.map { "note: \($0)" }
        lines += ["", sides(answer), "", groups(answer)]
        if answer.hasDaysEarlier {
            let days = answer.daysEarlier
            lines.append(
                "leads of both qualify \(Format.days(days.magnitude)) \(days < 0 ? "later" : "earlier") under the draft, "
                    + "at the median")
        }
        if answer.segments.count > 1 { lines += ["", segments(answer)] }
        if !answer.weeks.isEmpty { lines += ["", weeks(answer)] }
        if !answer.examples.isEmpty { lines += ["", examples(answer)] }
        return lines.joined(separator: "\n")
    }

    private static func name(_ version: Int64) -> String { version == 0 ? "the draft" : "version \(version)" }

    private static func sides(_ answer: WireBacktestResponse) -> String {
        var table = TextTable(["", "draft", "against"])
        let (draft, against) = (answer.draft, answer.against)
        table.add(["qualified", "\(draft.qualified)", "\(against.qualified)"])
        for (name, path) in [
            ("accepted", \WireBacktestSide.accepted), ("sql", \.sql), ("won", \.won), ("precision", \.precision),
            ("recall", \.recall),
        ] {
            table.add([name, rate(draft[keyPath: path]), rate(against[keyPath: path])])
        }
        table.add(["revenue", Reports.money(draft.revenue), Reports.money(against.revenue)])
        return table.text
    }

    private static func groups(_ answer: WireBacktestResponse) -> String {
        var table = TextTable(["qualify under", "leads", "with the outcome"])
        table.add(["the draft alone", "\(answer.draftAlone.leads)", rate(answer.draftAlone.outcome)])
        table.add(["the other alone", "\(answer.againstAlone.leads)", rate(answer.againstAlone.outcome)])
        table.add(["both", "\(answer.both.leads)", rate(answer.both.outcome)])
        return table.text
    }

    private static func segments(_ answer: WireBacktestResponse) -> String {
        var table = TextTable(["segment", "draft", "with the outcome", "against", "with the outcome"])
        for segment in answer.segments {
            table.add([
                segment.segment.isEmpty ? "none" : segment.segment, "\(segment.draft.leads)",
                rate(segment.draft.outcome), "\(segment.against.leads)", rate(segment.against.outcome),
            ])
        }
        return table.text
    }

    private static func weeks(_ answer: WireBacktestResponse) -> String {
        var table = TextTable(["week of", "draft", "against"])
        for week in answer.weeks.suffix(weeksShown) {
            table.add([String(Instant(week.start).text.prefix(10)), "\(week.draft)", "\(week.against)"])
        }
        let rest = answer.weeks.count - weeksShown
        return table.text + (rest > 0 ? "\nand \(rest) weeks before: --json" : "")
    }

    private static func examples(_ answer: WireBacktestResponse) -> String {
        var table = TextTable(["lead", "draft", "against", "outcome"])
        for lead in answer.examples {
            table.add([
                lead.leadID, lead.hasDraftAt ? Instant(lead.draftAt).text : "never",
                lead.hasAgainstAt ? Instant(lead.againstAt).text : "never", lead.outcome,
            ])
        }
        return table.text
    }

    /// Such as `62.5 % (54.1 % to 70.2 %) of 128`.
    private static func rate(_ rate: WireBacktestRate) -> String {
        guard rate.of > 0 else { return "not known" }
        return
            "\(Format.percent(rate.rate)) (\(Format.percent(rate.low)) to \(Format.percent(rate.high))) of \(rate.of)"
    }
}
