import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import SwiftProtobuf

extension WireDiscoverIcpResponse {
    /// - Parameter others: how many segments to tell that are not proposed.
    init(_ found: Discovery, join: DealJoin, check: ShuffleCheck, others: Int, now: Instant) {
        self.init()
        deals = WireDiscoveryDeals(found, join)
        fields = found.columns.map(WireDiscoveryField.init)
        let proven = found.segments.prefix { $0.verdict != .unproven }
        segments = (proven + found.segments.dropFirst(proven.count).prefix(others)).map(WireDiscoverySegment.init)
        singlesTested = Int32(clamping: found.singlesTested)
        pairsTested = Int32(clamping: found.pairsTested)
        warnings = found.warnings
        if join.foreign > 0 {
            warnings.append("\(join.foreign) values are not in \(join.currency) and were not compared")
        }
        if join.passedOver > 0 {
            warnings.append(
                "\(join.passedOver) fields of deals were not looked at: only the \(DealJoin.dealFieldsAtMost) "
                    + "that most deals have were")
        }
        if check.shuffles > 0 {
            shuffles = .with {
                $0.shuffles = Int32(clamping: check.shuffles)
                $0.proposing = Int32(clamping: check.proposing)
                $0.seed = check.seed
            }
        }
        guard let draft = IcpDraft(found) else { return }
        section = WireIcpSection(draft)
        document = draft.document(heading: Self.heading(found, check, now))
    }

    private static func heading(_ found: Discovery, _ check: ShuffleCheck, _ now: Instant) -> [String] {
        let won = found.input.deals.count(where: \.won)
        var lines = [
            "Drafted by accord icp discover at \(now.text) from \(found.input.deals.count) closed deals, \(won) won.",
            "\(found.singlesTested) properties and \(found.pairsTested) pairs were compared with the rest; of what is "
                + "proposed, at most \(Int((found.settings.falseDiscoveryRate * 100).rounded())) % on average is chance.",
            "p: Fisher's exact test, two-sided; adjusted: Benjamini-Hochberg. Win rates of what was found in the same",
            "deals are a little too good. Weights: percentage points by which the win rate exceeds that of the rest.",
        ]
        if check.shuffles > 0 {
            lines.append(
                "With outcomes shuffled, something was proposed in \(check.proposing) of \(check.shuffles) trials.")
        }
        return lines
    }
}

extension WireDiscoveryDeals {
    fileprivate init(_ found: Discovery, _ join: DealJoin) {
        self.init()
        closed = Int32(clamping: join.closed)
        used = Int32(clamping: found.input.deals.count)
        won = Int32(clamping: found.input.deals.count(where: \.won))
        accounts = Int32(clamping: found.input.accounts.count)
        leftOut = DealJoin.LeftOut.Reason.allCases.compactMap { reason in
            join.leftOut[reason].map { entry in
                .with {
                    $0.reason = reason.rawValue
                    $0.deals = Int32(clamping: entry.deals)
                    $0.examples = entry.examples
                }
            }
        }
    }
}

extension WireDiscoveryField {
    fileprivate init(_ column: DiscoveredColumn) {
        self.init()
        field = column.field.name
        type = column.field.type.rawValue
        missing = Int32(clamping: column.missing)
        missingWon = Int32(clamping: column.missingWon)
        cuts = column.cuts
        segments = Int32(clamping: column.segments)
    }
}

extension WireDiscoverySegment {
    fileprivate init(_ segment: DiscoveredSegment) {
        self.init()
        when = segment.criteria.wire
        description_p = segment.text
        isOfCompany = segment.isOfCompany
        verdict = "\(segment.verdict)"
        deals = Int32(clamping: segment.deals)
        won = Int32(clamping: segment.won)
        accounts = Int32(clamping: segment.accounts)
        restDeals = Int32(clamping: segment.restDeals)
        restWon = Int32(clamping: segment.restWon)
        winRate = segment.winRate
        restWinRate = segment.restWinRate
        winRateLow = segment.interval.low
        winRateHigh = segment.interval.high
        lift = segment.lift
        liftLow = segment.liftInterval.low
        liftHigh = segment.liftInterval.high
        pValue = segment.pValue
        adjustedPValue = segment.adjustedPValue
        if let value = segment.value { self.value = WireDiscoveryComparison(value) }
        if let cycle = segment.cycle { self.cycle = WireDiscoveryComparison(cycle) }
    }
}

extension WireDiscoveryComparison {
    fileprivate init(_ amounts: AmountComparison) {
        self.init()
        count = Int32(clamping: amounts.count)
        restCount = Int32(clamping: amounts.restCount)
        median = amounts.median
        restMedian = amounts.restMedian
        mean = amounts.mean
        restMean = amounts.restMean
        superiority = amounts.superiority
        pValue = amounts.pValue
    }
}

extension WireIcpSection {
    fileprivate init(_ draft: IcpDraft) {
        self.init()
        tiers = draft.tiers.map { tier in
            .with {
                $0.name = tier.tier.name
                $0.atLeast = tier.tier.atLeast
            }
        }
        criteria = draft.criteria.map { criterion in
            .with {
                $0.id = criterion.id
                $0.weight = criterion.weight
                $0.when = criterion.when.wire
            }
        }
    }
}
