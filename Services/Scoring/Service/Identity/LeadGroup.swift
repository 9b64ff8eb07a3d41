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
    var own: Memory?
    /// Of an id into which others had been merged before it became part of this lead: what was known of them as one, as
    /// long as the same ids make it up.
    var whole: Memory?

    var id: String { sheet.lead.leadID }

    /// What scoring knew of a lead when it was merged. Its accumulators follow from its engagement.
    struct Memory: Sendable {
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
        forgetWholes(from: parentID)
    }

    /// Keeps what is known of the whole, which is about to become part of another lead; nil where that is of other ids.
    mutating func remember(_ stored: StoredLead?) {
        parts[rootID]?.whole = stored.map(LeadPart.Memory.init)
    }

    /// Other ids make up one and those above it.
    private mutating func forgetWholes(from id: String) {
        for id in lineage(of: id) { parts[id]?.whole = nil }
    }

    /// An id, the one that it was merged into, and so on.
    func lineage(of id: String) -> [String] {
        var lineage = [id]
        while let parentID = lineage.last.flatMap({ parts[$0]?.parentID }) { lineage.append(parentID) }
        return lineage
    }

    /// Ids of which something was known as one before they became part of the lead.
    struct Member {
        /// The one that stayed of them.
        let rootID: String
        let ids: [String]
        let isWhole: Bool
        let memory: LeadPart.Memory?
    }

    /// What made up the lead when it became one: other merged leads as far as they are still the same, and single ids. The
    /// one that stays comes first.
    var members: [Member] {
        let byRoot = Dictionary(grouping: ids) { id in lineage(of: id).last { parts[$0]?.whole != nil } ?? id }
        let roots = byRoot.keys.sorted { ($0 == rootID ? 0 : 1, $0) < ($1 == rootID ? 0 : 1, $1) }
        return roots.map { root in
            let whole = parts[root]?.whole
            return Member(
                rootID: root, ids: byRoot[root] ?? [], isWhole: whole != nil, memory: whole ?? parts[root]?.own)
        }
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
        guard let parentID = parts[id]?.parentID else { return nil }
        forgetWholes(from: parentID)
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
