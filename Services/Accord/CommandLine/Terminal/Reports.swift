import Contracts
import Kernel

/// Reports as text.
enum Reports {
    static func funnel(_ funnel: WireGetFunnelResponse, splitBy: String) -> String {
        var table = TextTable([
            splitBy.isEmpty ? "all" : splitBy, "leads", "mql", "sal", "sql", "opportunity", "customer", "mql->customer",
            "median", "mean",
        ])
        for row in [funnel.total] + funnel.rows {
            let counts = Dictionary(row.stages.map { ($0.state, $0.leads) }, uniquingKeysWith: { first, _ in first })
            let conversion = row.conversions.first { $0.from == .mql && $0.to == .customer }
            let name = row == funnel.total ? "total" : row.value.isEmpty ? "(blank)" : row.value
            table.add(
                [name]
                    + [WireDemandState.inquiry, .mql, .sal, .sql, .opportunity, .customer].map {
                        "\(counts[$0] ?? 0)"
                    } + [
                        conversion.map { Format.percent($0.rate) } ?? "",
                        conversion.flatMap { $0.hasDays ? Format.days($0.days.median) : nil } ?? "",
                        conversion.flatMap { $0.hasDays ? Format.days($0.days.mean) : nil } ?? "",
                    ])
        }
        let anomalies = funnel.anomalies.map { "! \($0.kind): \($0.description_p)" }
        return ([table.text] + anomalies.prefix(10)).joined(separator: "\n")
    }

    static func pipeline(_ pipeline: WireGetPipelineResponse, splitBy: String) -> String {
        var table = TextTable([
            splitBy.isEmpty ? "all" : splitBy, "opportunities", "won", "lost", "open", "win rate", "average deal",
            "cycle days", "velocity a day",
        ])
        for row in [pipeline.total] + pipeline.rows {
            table.add([
                row == pipeline.total ? "total" : row.value.isEmpty ? "(blank)" : row.value, "\(row.opportunities)",
                "\(row.won)", "\(row.lost)", "\(row.open)", Format.percent(row.winRate),
                Format.fixed(row.averageDeal, 2), Format.fixed(row.cycleDays, 2), Format.fixed(row.velocity, 2),
            ])
        }
        return table.text
    }

    static func serviceLevels(_ levels: WireGetServiceLevelsResponse, splitBy: String) -> String {
        var table = TextTable([
            "timer", splitBy.isEmpty ? "" : splitBy, "armed", "met", "breached", "running", "kept", "median", "p90",
        ])
        for row in levels.rows {
            table.add([
                row.timer, row.value, "\(row.armed)", "\(row.met)", "\(row.breached)", "\(row.running)",
                Format.percent(row.kept), Format.seconds(row.medianSeconds), Format.seconds(row.p90Seconds),
            ])
        }
        return table.text
    }

    static func attribution(_ attribution: WireGetAttributionResponse) -> String {
        var table = TextTable(["", "model", "credit", "share", "deals"])
        for result in attribution.results {
            for credit in result.credits {
                table.add([
                    credit.value.isEmpty ? "(blank)" : credit.value, result.model, money(credit.credit),
                    Format.percent(credit.share), "\(credit.deals)",
                ])
            }
            table.add(["total", result.model, money(result.total), "", ""])
            if result.unattributed.minorUnits != 0 {
                table.add(["without a touch", result.model, money(result.unattributed), "", ""])
            }
        }
        return table.text
    }

    static func journey(_ journey: WireGetJourneyResponse) -> String {
        var lines = ["\(journey.leadID)  \(journey.lead.company)  \(journey.lead.source)"]
        if !journey.formerIds.isEmpty { lines.append("  also \(journey.formerIds.joined(separator: ", "))") }
        for step in journey.steps {
            if step.silent { lines.append("    ... \(Format.seconds(step.gapSeconds)) of silence ...") }
            let owner = step.owner.isEmpty ? "" : "  (\(step.owner))"
            lines.append("  \(Instant(step.at).text)  \(step.kind): \(step.title)\(owner)")
        }
        return lines.joined(separator: "\n")
    }

    static func money(_ money: WireMoney) -> String {
        let value = Money(money)
        return "\(Format.fixed(value.major, Money.digits(of: value.currency))) \(value.currency)"
    }
}
