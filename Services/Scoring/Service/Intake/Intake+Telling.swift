import Contracts
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What the other services are told of a lead that changed, in the transaction that changed it.
extension Intake {
    func tell(_ touched: TouchedLead, _ progress: Progress) throws {
        if let group = touched.group, !touched.joined.isEmpty {
            try transaction.append(
                .leadsMerged(
                    .with {
                        $0.lead = WireLeadIdentity(
                            group.rootID, formerIDs: group.formerIDs, sequence: touched.sequence)
                    }), key: touched.leadID, occurredAt: transaction.now, agreementVersion: rules.version)
        }
        guard let tier = progress.steps.last?.score.tier else { return }
        let facts = WireLeadFacts(touched.lead, tier: tier)
        if let change = progress.change {
            for (place, part) in try touched.engagementsAsTheyCame.inEvents().enumerated() {
                // One for each part: a message that an event holds already would be copied to be changed.
                var scored = WireLeadScored(facts, change)
                scored.engagements = Array(part)
                if place == 0 {
                    scored.created = touched.isNew
                } else {
                    // What follows tells of engagement alone.
                    scored.previousTotal = change.score.total
                }
                try transaction.append(
                    .leadScored(scored), key: touched.leadID, occurredAt: change.score.asOf,
                    agreementVersion: rules.version)
            }
        }
        var qualifiedAt = touched.known?.qualifiedAt
        var hasToldQualified = touched.hasToldQualified
        for crossing in progress.crossings {
            try QualificationQueries.insert(
                crossing, leadID: touched.leadID, partition: touched.partition,
                recordedAt: touched.looksBack ? nil : transaction.now, transaction.database)
            let isTold =
                touched.toldCrossings.contains(KnownCrossing(crossing))
                || hasToldQualified && crossing.trigger != nil
            if isTold { continue }
            try transaction.append(
                try payload(crossing, touched, facts, qualifiedAt), key: touched.leadID, occurredAt: crossing.at,
                agreementVersion: rules.version)
            // Of a lead that cooled, it is news that it qualified again.
            if crossing.trigger != nil { qualifiedAt = crossing.at } else { hasToldQualified = false }
        }
    }

    private func payload(
        _ crossing: Crossing, _ touched: TouchedLead, _ facts: WireLeadFacts, _ qualifiedAt: Instant?
    ) throws -> WireEvent.OneOf_Payload {
        guard let trigger = crossing.trigger else {
            var cooled = WireLeadCooled()
            cooled.lead = facts
            cooled.score = WireScore(crossing.score)
            if let qualifiedAt { cooled.qualifiedAt = qualifiedAt.wire }
            cooled.level = rules.qualification.coolingLevel
            return .leadCooled(cooled)
        }
        var qualified = WireLeadQualified()
        qualified.lead = facts
        qualified.context = try context(touched, crossing)
        qualified.trigger = trigger.rawValue
        if case .requalified = crossing.kind { return .leadRequalified(qualified) }
        return .leadQualified(qualified)
    }

    /// The packet as it is at the moment of qualification.
    private func context(_ touched: TouchedLead, _ crossing: Crossing) throws -> WireContextPacket {
        var packet = WireContextPacket()
        packet.lead = touched.lead
        packet.score = WireScore(crossing.score)
        packet.ledger = crossing.ledger.map(WireLedgerEntry.init)
        if touched.isNew {
            let past = touched.engagements.filter { Instant($0.occurredAt) <= crossing.at }
            packet.engagements = past.reversed().prefix(Self.packetEngagements).map { $0 }
            packet.engagementCount = Int32(clamping: past.count)
        } else {
            packet.engagements = try EngagementQueries.latest(
                Self.packetEngagements, of: touched.leadID, upTo: crossing.at, transaction.database)
            packet.engagementCount = Int32(
                clamping: try EngagementQueries.count(of: touched.leadID, upTo: crossing.at, transaction.database))
        }
        packet.missingParts = ContextContents(touched.lead, packet.engagements, crossing.ledger)
            .missing(of: rules.contextParts).map(\.rawValue)
        try packet.fitIntoEvent()
        return packet
    }

    private static let packetEngagements = 50
}

extension WireLeadScored {
    init(_ lead: WireLeadFacts, _ step: ScoreStep) {
        self.init()
        self.lead = lead
        score = WireScore(step.score)
        previousTotal = step.previousTotal
    }
}

extension TouchedLead {
    /// What is new, each under the id under which it came.
    fileprivate var engagementsAsTheyCame: [WireEngagement] {
        guard !cameAs.isEmpty else { return engagements }
        return engagements.map { engagement in
            var engagement = engagement
            if let id = cameAs[engagement.engagementID] { engagement.leadID = id }
            return engagement
        }
    }
}
