import Contracts
import Criteria
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

/// Undoes merges in one transaction.
struct LeadSplitting {
    let intake: Intake
    let request: WireSplitLeadsRequest

    private var transaction: StoreTransaction { intake.transaction }

    /// Gives each lead back what is its own, with what has arrived under its ids since, and scores it.
    ///
    /// - Returns: the leads that stay and those that were split off.
    /// - Throws: `not_found` where an id is unknown; `failed_precondition` where it was not merged into another one.
    func run() throws -> [String] {
        let database = transaction.database
        var ids: [String] = []
        var byRoot: [(rootID: String, ids: [String])] = []
        for given in request.leadIds {
            let id = try IdentityQueries.partID(of: given, database)
            guard !ids.contains(id) else { continue }
            ids.append(id)
            guard let rootID = try LeadPartQueries.rootID(id, database), rootID != id else {
                try requireSplit(id)
                byRoot.append((id, []))
                continue
            }
            if let place = byRoot.firstIndex(where: { $0.rootID == rootID }) {
                byRoot[place].ids.append(id)
            } else {
                byRoot.append((rootID, [id]))
            }
        }
        return try byRoot.flatMap { rootID, ids in ids.isEmpty ? [rootID] : try split(ids, from: rootID) }
    }

    /// - Throws: where a lead of its own was never part of another one.
    private func requireSplit(_ id: String) throws {
        guard try LeadQueries.find(id, transaction.database) != nil else {
            throw RPCError(.notFound, try ErasureQueries.absence(of: id, transaction.database))
        }
        let last = try IdentityQueries.merges(of: [id], transaction.database).last { $0.mergedID == id }
        guard last?.split == true else {
            throw RPCError(
                .failedPrecondition, "lead \(id) is part of no other: name a lead that was merged into one")
        }
    }

    private func split(_ ids: [String], from rootID: String) throws -> [String] {
        let database = transaction.database
        guard let found = try LeadQueries.find(rootID, database) else { return [] }
        let stored = try intake.renewed(found)
        var groups = [try LeadPartQueries.group(rootID, database)]
        var sequence: Int64 = 0
        for id in ids {
            for index in groups.indices {
                let parentID = groups[index].parts[id]?.parentID ?? ""
                let lineage = groups[index].lineage(of: parentID)
                guard let group = groups[index].split(id) else { continue }
                try IdentityQueries.setApart(group.ids, groups[index].ids, database)
                if try LeadPartQueries.hadQualified(group.ids, database) {
                    try LeadPartQueries.forgetQualifications(ofWholes: lineage, database)
                }
                groups.append(group)
                sequence = try note(id, of: parentID)
                break
            }
        }
        var told = try QualificationQueries.all(of: rootID, database)
        // Where another one had qualified, its handoff may have gone on, and got no second one beside it.
        let others = groups.flatMap(\.ids).filter { $0 != rootID }
        if try LeadPartQueries.hadQualified(others, database) { told = told.filter(\.isCooling) }
        for table in ["qualification", "cooling"] {
            try database.run("DELETE FROM \(table) WHERE lead_id = ?", [.text(rootID)])
        }
        try transaction.append(
            .leadsSplit(
                .with {
                    $0.lead = WireLeadIdentity(rootID, formerIDs: groups[0].formerIDs, sequence: sequence)
                    $0.split = groups.dropFirst().map {
                        WireLeadIdentity($0.rootID, formerIDs: $0.formerIDs, sequence: sequence)
                    }
                }), key: rootID, occurredAt: transaction.now, agreementVersion: intake.rules.version)
        // Last the lead that stays: until then, what is not its own is moved away from it.
        for group in groups.dropFirst() { try rebuild(group, from: rootID, stored: nil, told: []) }
        try rebuild(groups[0], from: rootID, stored: stored, told: told)
        return groups.map(\.rootID)
    }

    private func note(_ id: String, of parentID: String) throws -> Int64 {
        try IdentityQueries.note(
            .with {
                $0.mergedID = id
                $0.leadID = parentID
                $0.mergedBy = request.splitBy
                $0.reason = request.reason
                $0.mergedAt = transaction.now.wire
                $0.split = true
            }, transaction.database)
    }

    /// - Parameter told: crossings of which everyone knows, besides those that were kept aside.
    private func rebuild(
        _ group: LeadGroup, from rootID: String, stored: StoredLead?, told: Set<KnownCrossing>
    ) throws {
        let database = transaction.database
        let isWhole = group.parts.count == 1
        let fresh = try MovingQueries.moveBack(group, from: rootID, intake.rules, database)
        let told = try told.union(LeadPartQueries.giveBack(group, database))
        if isWhole { try LeadPartQueries.delete(group.rootID, database) }
        var touched = TouchedLead(lead: isWhole ? group.sheets[0].lead : group.lead, stored: stored)
        touched.engagements = fresh.map { entry in
            var engagement = entry.engagement
            engagement.leadID = group.rootID
            return engagement
        }
        for entry in fresh where entry.cameAs != group.rootID {
            touched.cameAs[entry.engagement.engagementID] = entry.cameAs
        }
        touched.lateIDs = Set(fresh.filter { !$0.counts }.map(\.engagement.engagementID))
        touched.sortEngagements()
        touched.known = try known(group, counting: fresh.count)
        touched.origins = isWhole ? group.sheets[0].origins : nil
        var group = group
        group.remember(nil)
        touched.group = isWhole ? nil : group
        touched.isRegrouped = !isWhole
        touched.isUpdated = true
        touched.looksBack = true
        touched.splitFrom = rootID
        let kept = try QualificationQueries.all(of: group.rootID, database)
        touched.toldCrossings = told.union(kept)
        touched.hasToldQualified = told.subtracting(kept).contains { !$0.isCooling }
        try intake.store(touched, try progress(touched, group))
    }

    /// What was known of the ids of a lead before they were merged.
    private func known(_ group: LeadGroup, counting fresh: Int) throws -> StoredLead? {
        let lead = group.lead
        var known: StoredLead?
        for member in group.members {
            guard let memory = member.memory else { continue }
            let next = StoredLead(
                lead: lead,
                memory: LeadMemory(
                    accumulators: LeadAccumulators(), shape: ~intake.rules.shape, standing: memory.standing,
                    total: memory.total, scoredAt: memory.scoredAt, version: 0),
                createdAt: Instant(lead.createdAt), updatedAt: memory.updatedAt, qualifiedAt: memory.qualifiedAt,
                engagementCount: 0, changes: memory.changes, arrivedAt: group.parts[member.rootID]?.arrivedAt)
            known = known.map { $0.united(with: next) } ?? next
        }
        known?.memory.shape = ~intake.rules.shape
        known?.engagementCount =
            try EngagementQueries.count(
                of: group.rootID, upTo: .distantFuture, transaction.database) - fresh
        return known
    }

    /// What the lead was told while it was part of another one is scored as it would have been: engagement at its own
    /// time, by the fields that were known by then, and new fields when they were recorded; then the lead as it is now.
    private func progress(_ touched: TouchedLead, _ group: LeadGroup) throws -> Progress {
        let change = try intake.change(touched)
        guard let known = touched.known else { return intake.rules.advance(change, now: transaction.now) }
        var life = RelivedLead(change, intake.rules, now: transaction.now)
        let histories = try group.sheets.map { sheet in
            LeadHistory(
                sheet: sheet, changes: try FieldChangeQueries.all(of: sheet.lead.leadID, transaction.database))
        }
        let since = known.memory.scoredAt
        let told = Set(histories.flatMap { $0.changes.map(\.recordedAt) }).filter { $0 > since }.sorted()
        for moment in told.isEmpty ? [] : [since] + told {
            life.take(
                FieldRecord(
                    LeadSheet.union(histories.map { $0.known(by: moment).sheet }, id: group.rootID), intake.rules),
                at: moment)
        }
        var progress = life.finish(change.record)
        // The lead that stays has a history of that time, as what it was then.
        if touched.stored != nil { progress.steps.removeFirst(progress.steps.count - 1) }
        progress.steps[0].previousTotal = touched.stored?.memory.total ?? known.memory.total
        return progress
    }
}

/// A stretch of a lead's life that is scored again, fact by fact.
private struct RelivedLead {
    private let rules: ScoringRules
    private let now: Instant
    private var change: LeadChange
    private var waiting: ArraySlice<(fact: BehaviourFact, counts: Bool)>
    private var isFirst = true
    private var steps: [ScoreStep] = []
    private var crossings: [Crossing] = []

    /// - Parameter change: with all engagement of the stretch.
    init(_ change: LeadChange, _ rules: ScoringRules, now: Instant) {
        self.rules = rules
        self.now = now
        self.change = change
        waiting = change.engagements.enumerated().map { ($1, !change.uncounted.contains($0)) }[...]
    }

    /// The lead has other fields from a moment on; the first ones are those that it begins with.
    mutating func take(_ record: FieldRecord, at moment: Instant) {
        if !isFirst {
            live(upTo: moment)
            update(record, at: moment)
        }
        change.record = record
        isFirst = false
    }

    mutating func finish(_ record: FieldRecord) -> Progress {
        live(upTo: .distantFuture)
        var progress = update(record, at: now)
        progress.steps = steps
        progress.crossings = crossings
        return progress
    }

    private mutating func live(upTo moment: Instant) {
        let facts = waiting.prefix { $0.fact.occurredAt < moment }
        guard !facts.isEmpty else { return }
        waiting = waiting.dropFirst(facts.count)
        change.engagements = facts.map(\.fact)
        change.uncounted = Set(facts.enumerated().filter { !$1.counts }.map(\.offset))
        change.updated = false
        advance(now: now)
        change.history += facts.filter(\.counts).map(\.fact)
    }

    /// Until then, time alone may have cooled it by the fields before.
    @discardableResult
    private mutating func update(_ record: FieldRecord, at moment: Instant) -> Progress {
        change.engagements = []
        change.uncounted = []
        change.updated = false
        advance(now: moment)
        change.record = record
        change.updated = true
        return advance(now: moment)
    }

    @discardableResult
    private mutating func advance(now: Instant) -> Progress {
        let progress = rules.advance(change, now: now)
        change.memory = progress.memory
        steps += progress.steps
        crossings += progress.crossings
        return progress
    }
}
