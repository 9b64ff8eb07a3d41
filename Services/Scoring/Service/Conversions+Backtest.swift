import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

extension WireBacktestResponse {
    init(_ found: Backtest, currency: String, outcomes: [String: WireLeadOutcome]) {
        self.init()
        draft = WireBacktestSide(found.draft, currency: currency)
        against = WireBacktestSide(found.against, currency: currency)
        draftAlone = WireBacktestGroup(found.draftAlone)
        againstAlone = WireBacktestGroup(found.againstAlone)
        both = WireBacktestGroup(found.both)
        if let days = found.daysEarlier { daysEarlier = days }
        weeks = found.weeks.map { week in
            .with {
                $0.start = week.start.wire
                $0.draft = Int32(clamping: week.draft)
                $0.against = Int32(clamping: week.against)
            }
        }
        segments = found.segments.map { segment in
            .with {
                $0.segment = segment.name
                $0.draft = WireBacktestGroup(segment.draft)
                $0.against = WireBacktestGroup(segment.against)
            }
        }
        examples = found.different.map { lead in
            .with {
                $0.leadID = lead.id
                if let at = lead.draftAt { $0.draftAt = at.wire }
                if let at = lead.againstAt { $0.againstAt = at.wire }
                $0.outcome = outcomes[lead.id]?.furthest ?? ""
            }
        }
    }
}

extension WireBacktestSide {
    fileprivate init(_ side: Backtest.Side, currency: String) {
        self.init()
        qualified = Int32(clamping: side.qualified)
        neverWorked = Int32(clamping: side.neverWorked)
        tooYoung = Int32(clamping: side.tooYoung)
        accepted = WireBacktestRate(side.accepted)
        sql = WireBacktestRate(side.sql)
        won = WireBacktestRate(side.won)
        revenue = .with {
            $0.minorUnits = side.revenue
            $0.currency = currency
        }
        precision = WireBacktestRate(side.precision)
        recall = WireBacktestRate(side.recall)
    }
}

extension WireBacktestRate {
    fileprivate init(_ rate: Backtest.Rate) {
        self.init()
        count = Int32(clamping: rate.count)
        of = Int32(clamping: rate.of)
        self.rate = rate.share
        low = rate.low
        high = rate.high
    }
}

extension WireBacktestGroup {
    fileprivate init(_ group: Backtest.Group) {
        self.init()
        leads = Int32(clamping: group.leads)
        outcome = WireBacktestRate(group.outcome)
    }
}

extension WireLeadOutcome {
    /// The last of its way that is known.
    fileprivate var furthest: String {
        hasWonAt
            ? "won"
            : hasLostAt ? "lost" : hasSqlAt ? "sql" : hasAcceptedAt ? "accepted" : hasRejectedAt ? "rejected" : ""
    }
}

extension Backtest {
    /// What to know before believing it.
    func warnings(
        _ settings: BacktestSettings, _ outcomes: [String: WireLeadOutcome], currency: String, now: Instant
    ) -> [String] {
        var warnings: [String] = []
        if draft.neverWorked > 0 {
            warnings.append(
                "\(draft.neverWorked) of the draft's \(draft.qualified) leads never came to sales, so that what they "
                    + "would have come to is not known: rates are of the others")
        }
        if draft.tooYoung + against.tooYoung > 0 {
            warnings.append(
                "the horizon of \(settings.horizon.text) is not over for \(draft.tooYoung) of the draft's leads and "
                    + "\(against.tooYoung) of the other's: they are in no rate")
        }
        if min(draft.precision.of, against.precision.of) < 30 {
            warnings.append("few outcomes are known: look at the intervals, not at the rates")
        }
        let foreign = Set(outcomes.values.flatMap(\.wonAmounts).map(\.currency)).subtracting([currency]).sorted()
        if !foreign.isEmpty {
            warnings.append(
                "revenue in \(foreign.joined(separator: ", ")) is left out: the agreement is in \(currency)")
        }
        return warnings
    }
}
