import Contracts
import Kernel
import MetricsDomain
import RPC
import SwiftProtobuf

extension AgreedTerms {
    /// - Throws: where a section names a model or a duration that does not exist; ICP accepts no such agreement.
    init(_ wire: WireAgreementVersion) throws {
        let agreement = wire.agreement
        let section = agreement.attribution
        let model = AttributionModel(section)
        let window = section.window.isEmpty ? nil : TimeSpan(text: section.window)
        guard let model, section.window.isEmpty || window != nil else {
            throw RPCError(
                .internal, "version \(wire.version) has an attribution section of an unknown model or window")
        }
        let targets = agreement.targets
        self.init(
            version: wire.version, name: agreement.name, effectiveAt: Instant(wire.effectiveAt), model: model,
            window: window, currency: agreement.currency.isEmpty ? Self.defaults.currency : agreement.currency,
            zone: ReportZone(agreement.zone) ?? Self.defaults.zone,
            acceptanceTarget: targets.hasAcceptanceRate ? targets.acceptanceRate : Self.defaults.acceptanceTarget,
            mqlToSQLTarget: targets.hasMqlToSql ? targets.mqlToSql : nil,
            signatures: wire.signatures.map { "\($0.side == .sales ? "sales" : "marketing"): \($0.signer)" })
    }
}

extension AttributionModel {
    fileprivate init?(_ section: WireAttributionSection) {
        switch section.model {
        case "first": self = .first
        case "last": self = .last
        case "linear", "": self = .linear
        case "position": self = .position(PositionWeights(section.weights))
        default: return nil
        }
    }
}

extension PositionWeights {
    fileprivate init(_ wire: WirePositionWeights) {
        self.init(
            first: wire.hasFirst ? wire.first : Self.standard.first,
            middle: wire.hasMiddle ? wire.middle : Self.standard.middle,
            last: wire.hasLast ? wire.last : Self.standard.last)
    }
}

extension WireTimer {
    /// nil where the timer does not say.
    var standing: TimerStanding? {
        switch state {
        case .armed, .paused: .armed
        case .warned: .warned
        case .met: .met
        case .breached: .breached
        case .cancelled: .cancelled
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}

extension DemandState {
    var wire: WireDemandState { WireDemandState(rawValue: rawValue) ?? .unspecified }
}

extension Opportunity {
    /// - Parameters:
    ///   - path: where the deal stands in the request.
    ///   - faults: takes every fault that is found; with any, the result is not to be used.
    init(_ wire: WireOpportunity, path: String, faults: inout Faults) {
        let amount = faults.money(wire.amount, given: wire.hasAmount, "\(path).amount")
        let listValue = faults.money(wire.listValue, given: wire.hasListValue, "\(path).list_value")
        if let amount, let listValue, amount.currency != listValue.currency {
            faults.add(
                "\(path).list_value.currency", found: listValue.currency, expected: "\(amount.currency), as the amount")
        }
        let outcome = Self.outcome(wire.outcome, path: path, faults: &faults)
        self.init(
            id: faults.id(wire.opportunityID, "\(path).opportunity_id"), leadID: wire.leadID,
            accountID: wire.accountID, stage: wire.stage, outcome: outcome, amount: amount?.minorUnits,
            listValue: listValue?.minorUnits, currency: (amount ?? listValue)?.currency,
            openedAt: faults.instant(wire.openedAt, given: wire.hasOpenedAt, "\(path).opened_at"),
            closedAt: faults.instant(wire.closedAt, given: wire.hasClosedAt, "\(path).closed_at"),
            source: wire.source, repID: wire.repID, team: wire.team, dimensions: wire.dimensions)
        if wire.hasClosedAt == (outcome == .open) {
            faults.add(
                "\(path).closed_at", found: wire.hasClosedAt ? "a moment" : "nothing",
                expected: outcome == .open ? "nothing, since the deal is open" : "when the deal was closed")
        }
    }

    private static func outcome(_ wire: WireOutcome, path: String, faults: inout Faults) -> Outcome {
        guard let outcome = Outcome(rawValue: wire.rawValue) else {
            faults.add("\(path).outcome", found: "\(wire)", expected: "OUTCOME_OPEN, OUTCOME_WON or OUTCOME_LOST")
            return .open
        }
        return outcome
    }
}

extension WireOpportunity {
    init(_ deal: Opportunity) {
        self.init()
        opportunityID = deal.id
        leadID = deal.leadID
        accountID = deal.accountID
        stage = deal.stage
        outcome = WireOutcome(rawValue: deal.outcome.rawValue) ?? .unspecified
        if let currency = deal.currency {
            if let amount = deal.amount { self.amount = Money(minorUnits: amount, currency: currency).wire }
            if let value = deal.listValue { listValue = Money(minorUnits: value, currency: currency).wire }
        }
        if let at = deal.openedAt { openedAt = at.wire }
        if let at = deal.closedAt { closedAt = at.wire }
        source = deal.source
        repID = deal.repID
        team = deal.team
        dimensions = deal.dimensions
    }
}

extension Touch {
    init(_ wire: WireTouch, path: String, faults: inout Faults) {
        let at = faults.instant(wire.occurredAt, given: wire.hasOccurredAt, "\(path).occurred_at")
        if !wire.hasOccurredAt {
            faults.add("\(path).occurred_at", found: "nothing", expected: "when the touch happened")
        }
        if wire.leadID.isEmpty, wire.accountID.isEmpty {
            faults.add("\(path).lead_id", found: "nothing", expected: "the id of a lead, or an account_id")
        }
        self.init(
            id: faults.id(wire.touchID, "\(path).touch_id"), leadID: wire.leadID, accountID: wire.accountID,
            channel: wire.channel, campaign: wire.campaign, contentID: wire.contentID, kind: wire.kind,
            occurredAt: at ?? .distantPast, cost: faults.money(wire.cost, given: wire.hasCost, "\(path).cost"))
    }
}

extension ReportPeriod {
    init(_ wire: WirePeriod, path: String = "period", faults: inout Faults) {
        let from = faults.instant(wire.from, given: wire.hasFrom, "\(path).from")
        let to = faults.instant(wire.to, given: wire.hasTo, "\(path).to")
        if let period = ReportPeriod(from: from, to: to) {
            self = period
        } else {
            faults.add("\(path).to", found: to?.text ?? "nothing", expected: "a moment after \(path).from")
            self = .allTime
        }
    }
}

extension ReportDimension {
    /// The dimension of a name; none where the name is empty.
    static func named(
        _ name: String, of known: [ReportDimension], path: String, faults: inout Faults
    ) -> ReportDimension {
        if name.isEmpty { return .none }
        if let found = known.first(where: { $0.name == name }) { return found }
        faults.add(path, found: name, expected: "one of \(known.map(\.name).joined(separator: " "))")
        return .none
    }
}

extension WireDurationSummary {
    init(_ summary: DurationSummary) {
        self.init()
        count = Int64(summary.count)
        median = summary.median
        mean = summary.mean
        p25 = summary.p25
        p75 = summary.p75
        p90 = summary.p90
    }
}

extension WireFunnelRow {
    init(_ slice: FunnelSlice, value: String) {
        self.init()
        self.value = value
        stages = DemandState.allCases.map { state in
            .with {
                $0.state = state.wire
                $0.leads = Int64(slice.entered(state))
                $0.leaked = Int64(slice.leaked(state))
            }
        }
        conversions = slice.conversions().map { conversion in
            .with {
                $0.from = conversion.pair.from.wire
                $0.to = conversion.pair.to.wire
                $0.base = Int64(conversion.base)
                $0.converted = Int64(conversion.converted)
                $0.rate = conversion.rate
                if let days = conversion.days { $0.days = WireDurationSummary(days) }
            }
        }
    }
}

extension WirePipelineRow {
    init(_ sums: PipelineSums, value: String, currency: String) {
        self.init()
        let scale = Money.scale(of: currency)
        self.value = value
        opportunities = Int64(sums.opportunities)
        won = Int64(sums.won)
        lost = Int64(sums.lost)
        open = Int64(sums.open)
        winRate = sums.winRate
        wonValue = Money(minorUnits: sums.wonMinorUnits, currency: currency).wire
        averageDeal = sums.averageDeal(scale: scale)
        cycleDays = sums.cycleDays
        openListValue = Money(minorUnits: sums.openListMinorUnits, currency: currency).wire
        velocity = sums.velocity(scale: scale)
    }
}

extension WireAttributionResult {
    init(_ tally: AttributionTally, currency: String) {
        self.init()
        model = tally.model.name
        total = Money(minorUnits: tally.total, currency: currency).wire
        unattributed = Money(minorUnits: tally.unattributed, currency: currency).wire
        credits = tally.rows.map { row in
            .with {
                $0.value = row.value
                $0.credit = Money(minorUnits: row.credit.minorUnits, currency: currency).wire
                $0.deals = Int64(row.credit.deals)
                $0.share = tally.total == 0 ? 0 : Double(row.credit.minorUnits) / Double(tally.total)
            }
        }
    }
}

extension WireJourneyStep {
    init(_ step: Journey.Step) {
        self.init()
        at = step.entry.at.wire
        kind = step.entry.kind.name
        title = step.entry.title
        owner = step.entry.owner
        agreementVersion = step.entry.agreementVersion
        gapSeconds = step.gap.inSeconds
        silent = step.silent
    }
}

extension WireServiceLevelRow {
    init(_ level: ServiceLevel, key: ServiceLevelKey) {
        self.init()
        timer = key.rule
        value = key.value
        armed = Int64(level.armed)
        met = Int64(level.met)
        breached = Int64(level.breached)
        cancelled = Int64(level.cancelled)
        running = Int64(level.running)
        kept = level.kept
        medianSeconds = level.summary?.median ?? 0
        p90Seconds = level.summary?.p90 ?? 0
    }
}
