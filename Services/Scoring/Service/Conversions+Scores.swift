import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

extension WireScore {
    init(_ score: Score) {
        self.init()
        total = score.total
        fit = score.fit
        engagement = score.engagement
        situation = score.situation
        negatives = score.negatives
        grade = score.grade
        shown = score.shown
        asOf = score.asOf.wire
        agreementVersion = score.version
        tier = score.tier
    }
}

extension WireLedgerEntry {
    init(_ entry: LedgerEntry) {
        self.init()
        rule = entry.rule
        group = entry.group.rawValue
        agreementVersion = entry.version
        evidence = entry.evidence
        raw = entry.raw
        decayed = entry.decayed
        capped = entry.capped
        points = entry.points
        shown = entry.shown
        if let lastAt = entry.lastAt { self.lastAt = lastAt.wire }
        count = Int32(clamping: entry.count)
        if let cap = entry.cap { self.cap = cap }
        category = entry.category
    }
}

extension WireUncountedEngagement {
    init(_ uncounted: UncountedEngagement) {
        self.init()
        kind = uncounted.kind
        reason = uncounted.reason.rawValue
        count = Int64(uncounted.count)
        firstAt = uncounted.firstAt.wire
        lastAt = uncounted.lastAt.wire
    }
}

extension WireMissingToQualify {
    init(_ missing: MissingToQualify) {
        self.init()
        isMet = missing.isMet
        isOutOfReach = missing.isOutOfReach
        pointsShort = missing.pointsShort
        fitShort = missing.fitShort
        engagementShort = missing.engagementShort
        contributions = missing.contributions.map { contribution in
            .with {
                $0.rule = contribution.rule
                $0.group = contribution.group.rawValue
                $0.times = Int32(clamping: contribution.times)
                $0.points = contribution.points
                $0.evidence = contribution.evidence
            }
        }
        total = missing.total
        handRaisers = missing.handRaisers
    }
}

extension DemandState {
    var wire: WireDemandState {
        switch self {
        case .inquiry: .inquiry
        case .engaged: .engaged
        case .mql: .mql
        }
    }

    /// Nil for states that scoring does not know.
    init?(_ wire: WireDemandState) {
        switch wire {
        case .inquiry: self = .inquiry
        case .engaged: self = .engaged
        case .mql: self = .mql
        default: return nil
        }
    }
}

extension Instant {
    /// Nil for a timestamp outside the years 1 to 9999, which protobuf does not allow.
    init?(valid timestamp: Google_Protobuf_Timestamp) {
        guard (Instant.distantPast.seconds...Instant.distantFuture.seconds).contains(timestamp.seconds),
            (0..<1_000_000_000).contains(timestamp.nanos)
        else { return nil }
        self.init(timestamp)
    }
}
