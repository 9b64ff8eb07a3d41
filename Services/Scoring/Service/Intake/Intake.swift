import Contracts
import Criteria
import GRDB
import Hosting
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// One transaction's worth of leads and engagement: takes items one by one, then scores every lead that changed, once.
struct Intake {
    let transaction: StoreTransaction
    let rules: ScoringRules
    let library: AgreementLibrary<ScoringRules>
    /// In the order in which the request first names them.
    var leads: [TouchedLead] = []
    /// By every id that means them.
    var places: [String: Int] = [:]
    /// Whether any lead is a merged one, and whether any was erased, once that was asked.
    private var knownPasts: (merged: Bool, erased: Bool)?
    private var uncounted: [String: UncountedEngagement] = [:]

    init(_ transaction: StoreTransaction, _ rules: ScoringRules, _ library: AgreementLibrary<ScoringRules>) {
        self.transaction = transaction
        self.rules = rules
        self.library = library
    }

    /// Takes a lead that has the right shape.
    mutating func take(_ lead: WireLead, at index: Int) throws -> WireItemResult {
        let faults = lead.customFaults(at: index, rules)
        guard faults.isEmpty else { return .failed(index, lead.leadID, faults) }
        var status = WireItemStatus.created
        let place: Int
        if let known = try self.place(of: lead.leadID) {
            place = known
            status = try update(known, with: lead) ? .updated : .unchanged
        } else if let erasedAt = try erasedAt(lead.leadID) {
            return .failed(index, lead.leadID, erasedLead: lead.leadID, at: erasedAt)
        } else {
            place = leads.count
            places[lead.leadID] = place
            leads.append(new(lead))
        }
        let stored = try identify(lead, at: place)
        if stored != place, status == .unchanged { status = .updated }
        return .done(index, lead.leadID, status, storedAs: leads[stored].leadID)
    }

    private func new(_ lead: WireLead) -> TouchedLead {
        var touched = TouchedLead(lead: lead.asNew(now: transaction.now), stored: nil)
        guard lead.hasChangedAt || !lead.sourceSystem.isEmpty else { return touched }
        var stamp = lead.stamp(now: transaction.now)
        if !lead.hasChangedAt { stamp.since = min(stamp.since, Instant(touched.lead.createdAt)) }
        var origins = FieldOrigins(first: stamp)
        // What a lead is by default was not said.
        if lead.motion == WireLead.defaultMotion { origins.entries[LeadField.motion.name] = stamp }
        if !lead.hasCreatedAt { origins.entries[LeadField.createdAt.name] = .unsaid }
        for (key, value) in lead.custom where value.isNull { origins.entries[LeadField.custom(key).name] = stamp }
        touched.origins = origins
        return touched
    }

    /// Writes what an upsert says of a known lead.
    ///
    /// - Returns: whether the lead's fields changed.
    private mutating func update(_ place: Int, with lead: WireLead) throws -> Bool {
        let before = leads[place].lead
        let id = lead.leadID
        let writes: [LeadSheet.Write]
        let moment = lead.stamp(now: max(transaction.now, leads[place].stored?.updatedAt ?? transaction.now)).at
        if var group = leads[place].group {
            let known = group.parts[id]?.sheet
            writes = group.update(id) { $0.take(lead, at: moment, isStated: lead.hasChangedAt) }
            guard group.parts[id]?.sheet != known || !writes.isEmpty else { return false }
            leads[place].lead = group.lead
            leads[place].group = group
            leads[place].isRegrouped = true
            leads[place].isConfirmed = true
        } else {
            var sheet = try self.sheet(of: place)
            let known = sheet
            writes = sheet.take(lead, at: moment, isStated: lead.hasChangedAt)
            guard sheet != known || !writes.isEmpty else { return false }
            leads[place].lead = sheet.lead
            leads[place].origins = sheet.origins
            leads[place].isConfirmed = true
        }
        try FieldChangeQueries.insert(writes, of: id, now: transaction.now, transaction.database)
        guard leads[place].lead != before else { return false }
        leads[place].isUpdated = leads[place].stored != nil
        return true
    }

    /// What the one id of a lead was told.
    func sheet(of place: Int) throws -> LeadSheet {
        let touched = leads[place]
        if let origins = touched.origins { return LeadSheet(lead: touched.lead, origins: origins) }
        if var sheet = try touched.stored?.sheet() {
            sheet.lead = touched.lead
            return sheet
        }
        return LeadSheet(
            lead: touched.lead,
            origins: FieldOrigins(arrivedAt: transaction.now, createdAt: Instant(touched.lead.createdAt)))
    }

    /// Takes an engagement that has the right shape.
    mutating func take(_ engagement: WireEngagement, at index: Int) throws -> WireItemResult {
        guard let place = try placeOfAny(engagement.leadID) else {
            if let erasedAt = try erasedAt(engagement.leadID) {
                return .failed(index, engagement.engagementID, erasedLead: engagement.leadID, at: erasedAt)
            }
            return .failed(index, engagement.engagementID, unknownLead: engagement.leadID)
        }
        var engagement = engagement
        let arrivedAs = engagement.leadID
        let leadID = leads[place].leadID
        if arrivedAs != leadID { engagement.leadID = leadID }
        let (partition, database) = (leads[place].partition, transaction.database)
        let receivedAt = leads[place].isNew ? nil : transaction.now
        let partID = leads[place].group == nil ? leadID : try leads[place].partID(of: arrivedAs, database)
        let isNew =
            leads[place].group == nil
            ? try EngagementQueries.insert(engagement, partition: partition, receivedAt: receivedAt, database)
            : try EngagementQueries.insert(
                engagement, arrivedAs: partID, partition: partition, receivedAt: receivedAt, database)
        guard isNew else { return .done(index, engagement.engagementID, .unchanged) }
        leads[place].engagements.append(engagement)
        if partID != leadID { leads[place].cameAs[engagement.engagementID] = partID }
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
        for lead in leads where !lead.isGone {
            if lead.isChanged {
                try finish(lead)
            } else if lead.isConfirmed {
                let database = transaction.database
                if let group = lead.group { try LeadPartQueries.save(group, database) }
                let origins = lead.group == nil ? lead.origins?.text : nil
                try LeadQueries.confirm(lead.leadID, origins: origins, now: transaction.now, database)
            }
        }
        for key in uncounted.keys.sorted() {
            if let entry = uncounted[key] { try UncountedQueries.add(entry, transaction.database) }
        }
    }

    /// Cools a lead that should have by now, at its computed time.
    ///
    /// - Returns: the lead as it is stored now.
    @discardableResult
    func cool(_ lead: StoredLead) throws -> StoredLead {
        let stored = try renewed(lead)
        var touched = TouchedLead(lead: stored.lead, stored: stored)
        if stored.parts > 1 { touched.group = try LeadPartQueries.group(stored.lead.leadID, transaction.database) }
        return try finish(touched)
    }

    /// The time before fields changed is that of the fields before, and the time before leads became one that of each.
    func cooled(_ touched: TouchedLead) throws -> TouchedLead {
        guard let stored = touched.stored, let coolsAt = stored.memory.coolsAt, coolsAt <= transaction.now,
            touched.joined.isEmpty
        else { return touched }
        var touched = touched
        touched.stored = try cool(stored)
        touched.known = touched.stored
        return touched
    }

    private mutating func count(_ engagement: WireEngagement, _ reason: UncountedEngagement.Reason) {
        let at = Instant(engagement.occurredAt)
        let one = UncountedEngagement(kind: engagement.kind, reason: reason, count: 1, firstAt: at, lastAt: at)
        let key = "\(engagement.kind)\n\(reason.rawValue)"
        uncounted[key] = uncounted[key]?.joined(with: one) ?? one
    }

    /// Where a lead is, loading it on its first mention; nil where the id is unknown.
    mutating func place(of leadID: String) throws -> Int? {
        if let place = places[leadID] { return place }
        let database = transaction.database
        if let found = try LeadQueries.find(leadID, database) {
            let stored = try renewed(found)
            var touched = TouchedLead(lead: stored.lead, stored: stored)
            if stored.parts > 1 { touched.group = try LeadPartQueries.group(leadID, database) }
            places[leadID] = leads.count
            leads.append(touched)
            return leads.count - 1
        }
        guard try pasts().merged, let rootID = try LeadPartQueries.rootID(leadID, database),
            let place = try place(of: rootID)
        else { return nil }
        places[leadID] = place
        return place
    }

    /// When an id that means no lead was erased; nil where it never was.
    mutating func erasedAt(_ leadID: String) throws -> Instant? {
        try pasts().erased ? ErasureQueries.erasedAt(leadID, transaction.database) : nil
    }

    private mutating func pasts() throws -> (merged: Bool, erased: Bool) {
        if let knownPasts { return knownPasts }
        let known = try LeadPartQueries.pasts(transaction.database)
        knownPasts = known
        return known
    }

    /// As ``place(of:)``, also of an id in another system, such as `hubspot:42`.
    mutating func placeOfAny(_ id: String) throws -> Int? {
        if let place = try place(of: id) { return place }
        guard let external = WireExternalId(text: id),
            let leadID = try IdentityQueries.leadID(external, transaction.database)
        else { return nil }
        return try place(of: leadID)
    }

    @discardableResult
    private func finish(_ touched: TouchedLead) throws -> StoredLead {
        var touched = touched.isUpdated ? try cooled(touched) : touched
        touched.sortEngagements()
        return try store(touched, rules.advance(try change(touched), now: transaction.now))
    }

    /// Stores what a change came to, and tells it.
    @discardableResult
    func store(_ touched: TouchedLead, _ progress: Progress) throws -> StoredLead {
        let stored = touched.stored(after: progress, now: transaction.now)
        let database = transaction.database
        if touched.isRegrouped, let group = touched.group { try LeadPartQueries.save(group, database) }
        if let before = touched.stored {
            try LeadQueries.update(stored, before: before, database)
        } else {
            try LeadQueries.insert(stored, partition: touched.partition, database)
        }
        let number = stored.changes - progress.steps.count
        if touched.splitFrom == nil {
            try keep(progress.steps, behind: number, touched, cause: touched.cause)
        } else {
            for (index, (step, cause)) in zip(progress.steps, touched.causes(of: progress.steps)).enumerated() {
                try keep([step], behind: number + index, touched, cause: cause)
            }
        }
        try tell(touched, progress)
        return stored
    }

    /// Adds to a lead's history, behind so many entries.
    func keep(_ steps: [ScoreStep], behind number: Int, _ touched: TouchedLead, cause: @autoclosure () -> String) throws
    {
        for (index, step) in steps.enumerated() {
            let change = StoredScoreChange(step, number: number + index + 1, cause: cause())
            try ScoreChangeQueries.insertion.run(
                ScoreChangeQueries.values(change, leadID: touched.leadID, partition: touched.partition),
                transaction.database)
        }
    }

    func change(_ touched: TouchedLead) throws -> LeadChange {
        var change = LeadChange(
            memory: touched.known?.memory, createdAt: Instant(touched.lead.createdAt), updated: touched.isUpdated,
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
        change.history = try EngagementQueries.history(
            touched.leadID, kinds: kinds, without: touched.engagements.map(\.engagementID), rules,
            transaction.database)
        return change
    }
}
