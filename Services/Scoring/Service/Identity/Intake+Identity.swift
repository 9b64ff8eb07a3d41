import Contracts
import GRDB
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension Intake {
    /// Ids in one lead: more are no person, and each change of the lead reads all of them.
    static let idsMax = 100

    /// Makes a lead that was upserted one with those that share an id of another system, and by the agreed rule those
    /// of its e-mail address; not with what someone told apart from it. Keeps the address where leads are found by it.
    ///
    /// - Returns: where it is then.
    mutating func identify(_ lead: WireLead, at place: Int) throws -> Int {
        var place = place
        let database = transaction.database
        for external in lead.externalIds {
            if let owner = try IdentityQueries.leadID(external, database) {
                place = try unite(place, with: owner, by: "external_id", reason: external.text)
            } else {
                try IdentityQueries.insert(external, of: lead.leadID, database)
            }
        }
        return lead.person.email.isEmpty ? place : try uniteByEmail(lead.leadID, at: place)
    }

    /// Makes a stored lead one with those that share an address of it, and keeps its addresses, where the agreement says
    /// so.
    mutating func identify(_ leadID: String) throws {
        guard var place = try place(of: leadID) else { return }
        for id in leads[place].ids { place = try uniteByEmail(id, at: place) }
    }

    private mutating func uniteByEmail(_ leadID: String, at place: Int) throws -> Int {
        var place = place
        let database = transaction.database
        let rule = rules.settings.identity
        guard let email = rule.key(of: email(of: leadID, at: place)) else { return place }
        for owner in rule.mergesByEmail ? try IdentityQueries.leadIDs(withEmail: email, database) : [] {
            guard let other = try self.place(of: owner), rule.key(of: self.email(of: owner, at: other)) == email else {
                continue
            }
            place = try unite(place, with: owner, by: "email", reason: email)
        }
        try IdentityQueries.keep(email, of: leadID, database)
        return place
    }

    /// What an id was last told.
    private func email(of leadID: String, at place: Int) -> String {
        leads[place].group?.parts[leadID]?.sheet.lead.person.email ?? leads[place].lead.person.email
    }

    /// - Returns: where the lead is then.
    private mutating func unite(_ place: Int, with id: String, by rule: String, reason: String) throws -> Int {
        guard let other = try self.place(of: id), other != place else { return place }
        let (ids, others) = (leads[place].ids, leads[other].ids)
        guard ids.count + others.count <= Self.idsMax,
            try !IdentityQueries.areApart(ids, Set(others), transaction.database)
        else { return place }
        let stays = isLonger(known: other, than: place)
        let (root, joining) = stays ? (other, place) : (place, other)
        try join(joining, into: root, under: leads[root].leadID, by: rule, reason: reason)
        return root
    }

    /// Whether a lead has been known for longer: its id is in use.
    private func isLonger(known one: Int, than other: Int) -> Bool {
        let ranks = [one, other].map { place in
            let stored = leads[place].stored
            return (stored?.arrivedAt ?? stored?.createdAt ?? .distantFuture, leads[place].leadID)
        }
        return ranks[0] < ranks[1]
    }

    /// Makes leads one because someone says so, also what was told apart before.
    ///
    /// - Returns: the id that means all of them.
    /// - Throws: `not_found` with every unknown id; `failed_precondition` where one lead would have too many ids, or one
    ///   was erased.
    mutating func merge(_ request: WireMergeLeadsRequest) throws -> String {
        let unknown = try ([request.leadID] + request.mergedIds).filter { try placeOfAny($0) == nil }
        for id in unknown {
            guard let erasedAt = try erasedAt(id) else { continue }
            throw RPCError(.failedPrecondition, ErasureQueries.sentence(id, erasedAt))
        }
        guard unknown.isEmpty, let root = try placeOfAny(request.leadID) else {
            throw RPCError(.notFound, "there is no lead \(unknown.prefix(20).joined(separator: ", "))")
        }
        let parentID = try leads[root].partID(of: request.leadID, transaction.database)
        for id in request.mergedIds {
            guard let joining = try placeOfAny(id), joining != root else { continue }
            let (ids, others) = (leads[root].ids, leads[joining].ids)
            guard ids.count + others.count <= Self.idsMax else {
                throw RPCError(
                    .failedPrecondition,
                    "lead \(parentID) would have \(ids.count + others.count) ids: expected at most \(Self.idsMax)")
            }
            try IdentityQueries.setTogether(ids, others, transaction.database)
            try join(joining, into: root, under: parentID, by: request.mergedBy, reason: request.reason)
        }
        return leads[root].leadID
    }

    private mutating func join(
        _ joining: Int, into root: Int, under parentID: String, by person: String, reason: String
    ) throws {
        for place in [root, joining] { leads[place] = try cooled(leads[place]) }
        try regroup(root)
        try regroup(joining)
        guard var group = leads[root].group, var joined = leads[joining].group else { return }
        let database = transaction.database
        let other = leads[joining]
        let rootID = group.rootID
        if let stored = other.stored {
            let isWhole = stored.parts > 1
            joined.remember(isWhole && stored.parts == joined.parts.count ? stored : nil)
            try LeadPartQueries.setAside(other.leadID, isWhole: isWhole, database)
        }
        try MovingQueries.move(other.leadID, into: rootID, database)
        group.absorb(joined, under: parentID)
        for id in joined.ids { places[id] = root }
        leads[root].group = group
        leads[root].lead = group.lead
        leads[root].isRegrouped = true
        leads[root].isUpdated = leads[root].stored != nil
        leads[root].joined.append(other.leadID)
        leads[root].engagements += other.engagements.map { engagement in
            var engagement = engagement
            engagement.leadID = rootID
            return engagement
        }
        for engagement in other.engagements {
            let cameAs = other.cameAs[engagement.engagementID] ?? other.leadID
            leads[root].cameAs[engagement.engagementID] = cameAs
            try MovingQueries.markMerged(engagement.engagementID, as: cameAs, in: rootID, database)
        }
        leads[root].lateIDs.formUnion(other.lateIDs)
        if let known = other.known { leads[root].known = leads[root].known?.united(with: known) ?? known }
        leads[joining].isGone = true
        leads[root].sequence = try IdentityQueries.note(
            .with {
                $0.mergedID = other.leadID
                $0.leadID = parentID
                $0.mergedBy = person
                $0.reason = reason
                $0.mergedAt = transaction.now.wire
            }, database)
    }

    /// Makes a lead of one id ready to have several.
    private mutating func regroup(_ place: Int) throws {
        let touched = leads[place]
        guard touched.group == nil else { return }
        let stored = touched.stored
        let part = LeadPart(
            sheet: try sheet(of: place), arrivedAt: stored?.arrivedAt ?? stored?.createdAt ?? transaction.now,
            parentID: nil, own: stored.map(LeadPart.Memory.init))
        leads[place].group = LeadGroup(rootID: touched.leadID, parts: [part])
        guard stored != nil else { return }
        try LeadPartQueries.setQualificationAside(touched.leadID, isWhole: false, transaction.database)
        for engagement in touched.engagements {
            try MovingQueries.markMerged(
                engagement.engagementID, as: touched.leadID, in: touched.leadID, transaction.database)
        }
    }
}

extension TouchedLead {
    /// Every id that means it.
    var ids: [String] { group?.ids ?? [leadID] }

    /// The one of its ids that an id means, which may be one of another system.
    func partID(of id: String, _ database: Database) throws -> String {
        guard !ids.contains(id), let external = WireExternalId(text: id) else { return id }
        return try IdentityQueries.leadID(external, database) ?? leadID
    }
}

extension WireLead {
    /// Who says what the lead carries, and when.
    func stamp(now: Instant) -> FieldStamp {
        let moment = hasChangedAt ? Instant(changedAt) : now
        return FieldStamp(at: moment, since: moment, source: sourceSystem)
    }
}

extension WireExternalId {
    /// Such as `hubspot:42`; nil where it is not of this form.
    init?(text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let (source, id) = (text[..<colon], text[text.index(after: colon)...])
        guard !source.isEmpty, !id.isEmpty else { return nil }
        self.init()
        self.source = String(source)
        self.id = String(id)
    }

    var text: String { "\(source):\(id)" }
}

extension WireLeadIdentity {
    init(_ leadID: String, formerIDs: [String], sequence: Int64) {
        self.init()
        self.leadID = leadID
        formerIds = formerIDs
        self.sequence = sequence
    }
}
