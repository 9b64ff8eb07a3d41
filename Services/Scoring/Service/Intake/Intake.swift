import Contracts
import Criteria
import GRDB
import Kernel
import ScoringDomain
import Storage

/// One transaction's worth of leads and engagement: takes items one by one, then scores every lead that changed, once.
struct Intake {
    private let transaction: StoreTransaction
    private let rules: ScoringRules
    /// In the order in which the request first names them.
    private var leads: [TouchedLead] = []
    private var places: [String: Int] = [:]
    private var uncounted: [String: UncountedEngagement] = [:]

    init(_ transaction: StoreTransaction, _ rules: ScoringRules) {
        self.transaction = transaction
        self.rules = rules
    }

    /// Takes a lead that has the right shape.
    mutating func take(_ lead: WireLead, at index: Int) throws -> WireItemResult {
        let faults = lead.customFaults(at: index, rules)
        guard faults.isEmpty else { return .failed(index, lead.leadID, faults) }
        guard let place = try place(of: lead.leadID) else {
            places[lead.leadID] = leads.count
            leads.append(TouchedLead(lead: lead.asNew(now: transaction.now), stored: nil))
            return .done(index, lead.leadID, .created)
        }
        let merged = leads[place].lead.merged(with: lead)
        guard merged != leads[place].lead else { return .done(index, lead.leadID, .unchanged) }
        leads[place].lead = merged
        leads[place].isUpdated = leads[place].stored != nil
        return .done(index, lead.leadID, .updated)
    }

    /// Takes an engagement that has the right shape.
    mutating func take(_ engagement: WireEngagement, at index: Int) throws -> WireItemResult {
        guard let place = try place(of: engagement.leadID) else {
            return .failed(index, engagement.engagementID, unknownLead: engagement.leadID)
        }
        let receivedAt = leads[place].stored == nil ? nil : transaction.now
        let isNew = try EngagementQueries.insert(
            engagement, partition: leads[place].partition, receivedAt: receivedAt, transaction.database)
        guard isNew else { return .done(index, engagement.engagementID, .unchanged) }
        leads[place].engagements.append(engagement)
        var result = WireItemResult.done(index, engagement.engagementID, .created)
        if let reason = rules.reasonNotToCount(engagement, receivedAt: receivedAt) {
            if reason == .late { leads[place].lateIDs.insert(engagement.engagementID) }
            count(engagement, reason)
            result.notices = [WireItemNotice(engagement, reason, rules)]
        }
        return result
    }

    /// Scores, stores and tells.
    func finish() throws {
        for lead in leads where lead.isChanged { try finish(lead) }
        for key in uncounted.keys.sorted() {
            if let entry = uncounted[key] { try UncountedQueries.add(entry, transaction.database) }
        }
    }

    /// Cools a lead that should have by now, at its computed time.
    ///
    /// - Returns: the lead as it is stored now.
    @discardableResult
    func cool(_ stored: StoredLead) throws -> StoredLead {
        try finish(TouchedLead(lead: stored.lead, stored: stored))
    }

    /// The time before fields changed is that of the fields before.
    private func cooled(_ touched: TouchedLead) throws -> TouchedLead {
        guard touched.isUpdated, let stored = touched.stored, let coolsAt = stored.memory.coolsAt,
            coolsAt <= transaction.now
        else { return touched }
        var touched = touched
        touched.stored = try cool(stored)
        return touched
    }

    private mutating func count(_ engagement: WireEngagement, _ reason: UncountedEngagement.Reason) {
        let at = Instant(engagement.occurredAt)
        let one = UncountedEngagement(kind: engagement.kind, reason: reason, count: 1, firstAt: at, lastAt: at)
        let key = "\(engagement.kind)\n\(reason.rawValue)"
        uncounted[key] = uncounted[key]?.joined(with: one) ?? one
    }

    /// Where a lead is, loading it on its first mention; nil where it is unknown.
    private mutating func place(of leadID: String) throws -> Int? {
        if let place = places[leadID] { return place }
        guard let stored = try LeadQueries.find(leadID, transaction.database) else { return nil }
        places[leadID] = leads.count
        leads.append(TouchedLead(lead: stored.lead, stored: stored))
        return leads.count - 1
    }

    @discardableResult
    private func finish(_ touched: TouchedLead) throws -> StoredLead {
        var touched = try cooled(touched)
        touched.sortEngagements()
        let progress = rules.advance(try change(touched), now: transaction.now)
        let stored = touched.stored(after: progress, now: transaction.now)
        let database = transaction.database
        if let before = touched.stored {
            try LeadQueries.update(stored, before: before, database)
        } else {
            try LeadQueries.insert(stored, partition: touched.partition, database)
        }
        for (index, step) in progress.steps.enumerated() {
            let change = StoredScoreChange(
                number: stored.changes - progress.steps.count + index + 1, at: step.score.asOf,
                cause: step.isCooling ? "cooled" : touched.cause, before: step.previousTotal, after: step.score.total,
                version: rules.version, contributions: step.contributions)
            try ScoreChangeQueries.insert(change, leadID: touched.leadID, partition: touched.partition, database)
        }
        try tell(touched, progress)
        return stored
    }

    private func change(_ touched: TouchedLead) throws -> LeadChange {
        var change = LeadChange(
            memory: touched.stored?.memory, createdAt: Instant(touched.lead.createdAt), updated: touched.isUpdated,
            engagements: touched.engagements.map { BehaviourFact($0, rules) },
            record: FieldRecord(touched.lead, rules))
        if !touched.lateIDs.isEmpty {
            change.uncounted = Set(
                touched.engagements.indices.filter {
                    touched.lateIDs.contains(touched.engagements[$0].engagementID)
                })
        }
        let kinds: Set<String>?
        switch rules.history(neededBy: change, now: transaction.now) {
        case .nothing: return change
        case .kinds(let counted): kinds = counted
        case .all: kinds = nil
        }
        let fresh = Set(touched.engagements.map(\.engagementID))
        change.history = try EngagementQueries.history(touched.leadID, kinds: kinds, rules, transaction.database)
            .filter { !fresh.contains($0.engagementID) }.map { BehaviourFact($0, rules) }
        return change
    }

    private func tell(_ touched: TouchedLead, _ progress: Progress) throws {
        guard let tier = progress.steps.last?.score.tier else { return }
        let facts = WireLeadFacts(touched.lead, tier: tier)
        if let change = progress.change {
            var scored = WireLeadScored()
            scored.lead = facts
            scored.score = WireScore(change.score)
            scored.previousTotal = change.previousTotal
            scored.created = touched.stored == nil
            scored.engagements = touched.engagements
            try transaction.append(
                .leadScored(scored), key: touched.leadID, occurredAt: change.score.asOf,
                agreementVersion: rules.version)
        }
        var qualifiedAt = touched.stored?.qualifiedAt
        for crossing in progress.crossings {
            try QualificationQueries.insert(
                crossing, leadID: touched.leadID, partition: touched.partition, transaction.database)
            try transaction.append(
                try payload(crossing, touched, facts, qualifiedAt), key: touched.leadID, occurredAt: crossing.at,
                agreementVersion: rules.version)
            if crossing.trigger != nil { qualifiedAt = crossing.at }
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
        if touched.stored == nil {
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
        return packet
    }

    private static let packetEngagements = 50
}

extension WireItemResult {
    static func done(_ index: Int, _ id: String, _ status: WireItemStatus) -> WireItemResult {
        var result = WireItemResult()
        result.index = Int32(clamping: index)
        result.id = id
        result.status = status
        return result
    }

    static func failed(_ index: Int, _ id: String, _ faults: [WireFieldViolation]) -> WireItemResult {
        let sentences = faults.map { "\($0.path): found \($0.found), expected \($0.expected)" }
        return failed(index, id, code: "invalid_argument", sentences.joined(separator: "; "), faults)
    }

    static func failed(_ index: Int, _ id: String, unknownLead leadID: String) -> WireItemResult {
        failed(index, id, code: "not_found", "lead \(leadID) is unknown: upsert it first", [])
    }

    private static func failed(
        _ index: Int, _ id: String, code: String, _ message: String, _ faults: [WireFieldViolation]
    ) -> WireItemResult {
        var result = done(index, id, .failed)
        result.error.code = code
        result.error.message = message
        result.error.violations = faults
        return result
    }
}
