import Contracts
import Kernel
import ScoringDomain

/// One of the ids that make up a merged lead.
struct LeadPart: Sendable {
    var sheet: LeadSheet
    let arrivedAt: Instant
    /// The lead that it was merged into, which may be a former one itself; nil for the one that stays.
    var parentID: String?
    /// What was known of it before it was merged; nil where it never was a lead of its own.
    var own: OwnMemory?

    var id: String { sheet.lead.leadID }

    /// What scoring knew of a lead when it was merged. Its accumulators follow from its engagement.
    struct OwnMemory: Sendable {
        var standing: Standing
        var qualifiedAt: Instant?
        var total: Double
        var scoredAt: Instant
        var updatedAt: Instant
        var changes: Int

        init(_ stored: StoredLead) {
            standing = stored.memory.standing
            qualifiedAt = stored.qualifiedAt
            total = stored.memory.total
            scoredAt = stored.memory.scoredAt
            updatedAt = stored.updatedAt
            changes = stored.changes
        }

        init(
            standing: Standing, qualifiedAt: Instant?, total: Double, scoredAt: Instant, updatedAt: Instant,
            changes: Int
        ) {
            self.standing = standing
            self.qualifiedAt = qualifiedAt
            self.total = total
            self.scoredAt = scoredAt
            self.updatedAt = updatedAt
            self.changes = changes
        }
    }
}

/// The ids that make up one lead: a tree whose root is the id that stays.
///
/// Each id keeps what it was told, so that the whole is the same whatever the order of merges, and a merge can be
/// undone.
struct LeadGroup: Sendable {
    private(set) var rootID: String
    private(set) var parts: [String: LeadPart]

    /// - Parameter parts: the root's is the one without a parent.
    init(rootID: String, parts: [LeadPart]) {
        self.rootID = rootID
        self.parts = Dictionary(parts.map { ($0.id, $0) }) { first, _ in first }
    }

    /// All ids, in their order.
    var ids: [String] { parts.keys.sorted() }
    /// All but the one that stays.
    var formerIDs: [String] { ids.filter { $0 != rootID } }
    var sheets: [LeadSheet] { ids.compactMap { parts[$0]?.sheet } }
    var lead: WireLead { LeadSheet.union(sheets, id: rootID) }

    /// Makes another lead part of this one, under one of its ids.
    mutating func absorb(_ other: LeadGroup, under parentID: String) {
        for (id, part) in other.parts { parts[id] = part }
        parts[other.rootID]?.parentID = parentID
    }

    /// Keeps what is known of the whole as that of the id that stayed so far.
    mutating func remember(_ stored: StoredLead) {
        parts[rootID]?.own = LeadPart.OwnMemory(stored)
    }

    mutating func update(_ id: String, _ change: (inout LeadSheet) -> [LeadSheet.Write]) -> [LeadSheet.Write] {
        guard var part = parts[id] else { return [] }
        defer { parts[id] = part }
        return change(&part.sheet)
    }

    /// Takes an id out, with all that had been merged into it.
    ///
    /// - Returns: nil where there is no such former id.
    mutating func split(_ id: String) -> LeadGroup? {
        guard parts[id]?.parentID != nil else { return nil }
        var leaving: Set = [id]
        var grows = true
        while grows {
            let more = parts.values.filter { $0.parentID.map(leaving.contains) ?? false && !leaving.contains($0.id) }
            grows = !more.isEmpty
            leaving.formUnion(more.map(\.id))
        }
        var group = LeadGroup(rootID: id, parts: leaving.compactMap { parts[$0] })
        group.parts[id]?.parentID = nil
        for id in leaving { parts[id] = nil }
        return group
    }
}

extension StoredLead {
    /// What its one id was told.
    func sheet() throws -> LeadSheet { LeadSheet(lead: lead, origins: try fieldOrigins()) }

    func fieldOrigins() throws -> FieldOrigins {
        guard let origins else {
            guard let arrivedAt else {
                return FieldOrigins(first: FieldStamp(at: createdAt, since: createdAt, source: ""))
            }
            return FieldOrigins(arrivedAt: arrivedAt, createdAt: createdAt)
        }
        return try FieldOrigins(text: origins)
    }

    /// What scoring goes on from when another lead becomes part of this one: whoever has qualified stays so.
    func united(with other: StoredLead) -> StoredLead {
        var lead = self
        lead.memory.standing = memory.standing.united(with: other.memory.standing)
        lead.memory.scoredAt = max(memory.scoredAt, other.memory.scoredAt)
        // Of no rules: the accumulators are built anew from the engagement of both.
        lead.memory.shape = ~memory.shape
        lead.qualifiedAt = [qualifiedAt, other.qualifiedAt].compactMap(\.self).max()
        lead.engagementCount += other.engagementCount
        return lead
    }
}
