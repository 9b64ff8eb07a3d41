import Contracts
import Kernel
import ScoringDomain

/// A lead that a request names, with what the request brings.
struct TouchedLead {
    /// As it will be stored.
    var lead: WireLead
    /// As it was before the request; nil for a new one.
    var stored: StoredLead?
    /// What scoring goes on from: as stored, and of leads that become one, what is known of all.
    var known: StoredLead?
    /// Where the fields of a lead of one id come from; nil as long as that follows from what is stored.
    var origins: FieldOrigins?
    /// Of a lead that several ids make up.
    var group: LeadGroup?
    /// Its group is to be stored.
    var isRegrouped = false
    /// A known lead got other fields, or others became part of it.
    var isUpdated = false
    /// What its fields come from changed, and nothing else.
    var isConfirmed = false
    /// It became part of another one.
    var isGone = false
    /// Leads that became part of it.
    var joined: [String] = []
    /// Of the last of them: its place among all merges.
    var sequence: Int64 = 0
    /// The lead of which it is no part any more, or its own id, where others are no part of it.
    var splitFrom: String?
    /// Its past is looked at again, after a split or by another version.
    var looksBack = false
    /// Everyone was told that it qualified: a split, which looks at its past again, tells it no second time.
    var hasToldQualified = false
    /// What everyone was told of it before, where a split looks at its past again.
    var toldCrossings: Set<KnownCrossing> = []
    /// New ones only.
    var engagements: [WireEngagement] = []
    /// Of these: the id under which one came, where that is another one than stays.
    var cameAs: [String: String] = [:]
    /// Of these: what came too late to count.
    var lateIDs: Set<String> = []
    let partition: Int

    init(lead: WireLead, stored: StoredLead?) {
        self.lead = lead
        self.stored = stored
        known = stored
        partition = Partition.of(lead.leadID)
    }

    var leadID: String { lead.leadID }
    /// Nothing was known of it.
    var isNew: Bool { stored == nil && known == nil }
    var isChanged: Bool { !isGone && (stored == nil || isUpdated || !engagements.isEmpty) }

    mutating func sortEngagements() {
        let isInOrder = zip(engagements, engagements.dropFirst()).allSatisfy { !Self.precedes($1, $0) }
        if !isInOrder { engagements.sort(by: Self.precedes) }
    }

    private static func precedes(_ left: WireEngagement, _ right: WireEngagement) -> Bool {
        let (leftAt, rightAt) = (Instant(left.occurredAt), Instant(right.occurredAt))
        return leftAt == rightAt ? left.engagementID < right.engagementID : leftAt < rightAt
    }

    func stored(after progress: Progress, now: Instant) -> StoredLead {
        StoredLead(
            lead: lead, memory: progress.memory, createdAt: Instant(lead.createdAt),
            updatedAt: isChanged ? now : stored?.updatedAt ?? now,
            qualifiedAt: progress.crossings.last { $0.trigger != nil }?.at ?? known?.qualifiedAt,
            engagementCount: (known?.engagementCount ?? 0) + engagements.count,
            changes: max(known?.changes ?? 0, stored?.changes ?? 0) + progress.steps.count,
            arrivedAt: isNew ? now : (stored ?? known)?.arrivedAt,
            origins: group == nil ? origins?.text ?? stored?.origins : nil, parts: group?.parts.count ?? 1,
            coolingDueAt: progress.memory.coolsAt.map { max($0, now.adding(CoolLeads.patience)) })
    }

    /// Such as `lead created, engagement page_viewed x 2`.
    var cause: String { cause(of: engagements[...]) }

    /// What made each step of a life that a split looks at again: what the lead did is named once.
    func causes(of steps: [ScoreStep]) -> [String] {
        var engagements = engagements[...]
        return steps.enumerated().map { index, step in
            let isLast = index == steps.count - 1
            let done = engagements.prefix {
                isLast || !step.isCooling && Instant($0.occurredAt) <= step.score.asOf
            }
            engagements = engagements.dropFirst(done.count)
            return cause(of: done)
        }
    }

    private func cause(of engagements: ArraySlice<WireEngagement>) -> String {
        var kinds: [(kind: String, count: Int)] = []
        for index in engagements.indices {
            let kind = engagements[index].kind
            if let place = kinds.firstIndex(where: { $0.kind == kind }) {
                kinds[place].count += 1
            } else {
                kinds.append((kind, 1))
            }
        }
        var text = isNew ? "lead created" : isUpdated ? "lead updated" : ""
        // What it did is in the history of the lead that stays.
        if splitFrom == leadID { return "others split off" }
        if let splitFrom { text = "split from \(splitFrom)" }
        if !joined.isEmpty {
            text = (isNew ? "lead created, " : "") + "merged with " + joined.prefix(3).joined(separator: " and ")
            if joined.count > 3 { text += " and \(joined.count - 3) more" }
        }
        for (kind, count) in kinds.prefix(5) {
            text += text.isEmpty ? "engagement " : ", engagement "
            text += kind
            if count > 1 { text += " x \(count)" }
        }
        if kinds.count > 5 { text += ", and \(kinds.count - 5) more kinds" }
        return text
    }
}
