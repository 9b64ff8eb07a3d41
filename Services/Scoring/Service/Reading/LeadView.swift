import Contracts
import Criteria
import GRDB
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// A stored lead as of a moment, with the fields that it had then, under the version in force then.
struct LeadView {
    /// Its fields are those of the moment, the rest is today's.
    let stored: StoredLead
    let rules: ScoringRules
    let asOf: Instant
    let record: FieldRecord
    /// What the lead did, as far as a rule counts it.
    let behaviour: [BehaviourFact]
    let accumulators: LeadAccumulators

    init(_ stored: StoredLead, _ rules: ScoringRules, at asOf: Instant, _ database: Database) throws {
        try self.init(stored, fields: stored.lead(at: asOf, database), rules, at: asOf, database)
    }

    /// - Parameters:
    ///   - fields: those to judge by.
    ///   - recordedBy: engagement that was recorded later does not count; nil where that is not held against it.
    init(
        _ stored: StoredLead, fields: WireLead, recordedBy: Instant? = nil, _ rules: ScoringRules, at asOf: Instant,
        _ database: Database
    ) throws {
        var stored = stored
        stored.lead = fields
        self.stored = stored
        self.rules = rules
        self.asOf = asOf
        record = FieldRecord(stored.lead, rules)
        let memory = stored.memory
        let isExact =
            memory.shape == rules.shape && memory.accumulators.latest <= asOf
            && recordedBy.map { stored.updatedAt <= $0 } ?? true
        behaviour =
            isExact && !rules.readsBehaviour
            ? []
            : try EngagementQueries.history(
                stored.lead.leadID, upTo: asOf, recordedBy: recordedBy, kinds: isExact ? rules.countedKinds : nil,
                rules, database)
        accumulators = isExact ? memory.accumulators : LeadAccumulators(behaviour, rules)
    }

    var score: Score {
        rules.score(rules.judge(record, behaviour: behaviour, at: asOf), accumulators, at: asOf)
    }

    /// What `GetLead` and `ListLeads` answer.
    func record(_ database: Database) throws -> WireLeadRecord {
        let leadID = stored.lead.leadID
        var record = WireLeadRecord()
        record.lead = stored.lead
        record.score = WireScore(score)
        record.updatedAt = stored.updatedAt.wire
        let isCurrent = stored.memory.accumulators.latest <= asOf
        let count =
            isCurrent ? stored.engagementCount : try EngagementQueries.count(of: leadID, upTo: asOf, database)
        record.engagementCount = Int32(clamping: count)
        let qualifiedAt =
            try stored.qualifiedAt.flatMap { latest in
                latest <= asOf ? latest : try QualificationQueries.latest(of: leadID, upTo: asOf, database)
            }
        let state: DemandState = qualifiedAt != nil ? .mql : count > 0 ? .engaged : .inquiry
        record.state = state.wire
        guard let qualifiedAt else { return record }
        record.qualifiedAt = qualifiedAt.wire
        if let coolsAt { record.coolsAt = coolsAt.wire }
        if let cooledAt = try cooledAt(since: qualifiedAt, database) { record.cooledAt = cooledAt.wire }
        return record
    }

    /// When it will have cooled if nothing else happens; known where nothing was stored after this moment.
    var coolsAt: Instant? {
        stored.memory.scoredAt <= asOf ? stored.memory.coolsAt.flatMap { $0 > asOf ? $0 : nil } : nil
    }

    private func cooledAt(since qualifiedAt: Instant, _ database: Database) throws -> Instant? {
        if stored.memory.scoredAt <= asOf, stored.memory.standing.heat != .cooled { return nil }
        let latest = try QualificationQueries.latestCooling(of: stored.lead.leadID, upTo: asOf, database)
        return latest.flatMap { $0 >= qualifiedAt ? $0 : nil }
    }

    /// The same with everything that is known of who the lead is.
    func identified(_ database: Database) throws -> WireLeadRecord {
        var record = try self.record(database)
        let ids = try stored.ids(database)
        record.externalIds = try IdentityQueries.externalIDs(of: ids, database)
        record.formerIds = ids.filter { $0 != stored.lead.leadID }
        record.merges = try IdentityQueries.merges(of: ids, database)
        let sheets = try stored.sheets(at: asOf, database)
        record.fieldOrigins = LeadField.all(of: stored.lead).compactMap { field in
            guard let last = LeadSheet.last(field, sheets), let value = last.value else { return nil }
            return .with {
                $0.field = field.name
                $0.value = value
                $0.sourceSystem = last.stamp.source
                if last.stamp.at > .distantPast { $0.changedAt = last.stamp.at.wire }
                if last.id != stored.lead.leadID { $0.leadID = last.id }
            }
        }
        return record
    }
}

extension LeadView {
    /// - Throws: `not_found` where there is no such lead, or was none then.
    static func find(
        _ leadID: String, _ rules: ScoringRules, at asOf: Instant, _ database: Database
    ) throws -> LeadView {
        guard let stored = try LeadQueries.resolve(leadID, database) else {
            throw RPCError(.notFound, try ErasureQueries.absence(of: leadID, database))
        }
        guard stored.createdAt <= asOf || stored.updatedAt <= asOf else {
            throw RPCError(
                .notFound, "lead \(leadID) came to be at \(stored.createdAt.text), after \(asOf.text)")
        }
        return try LeadView(stored, rules, at: asOf, database)
    }
}
