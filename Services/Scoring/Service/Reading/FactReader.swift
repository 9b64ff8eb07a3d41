import Criteria
import GRDB
import Kernel
import ScoringDomain
import Storage

/// What a lead did, in the order of time.
struct StoredFacts {
    private(set) var facts: [BehaviourFact] = []
    /// When each arrived; nil where that is not held against it.
    private var receivedAt: [Instant?] = []
    /// By place: the id under which one came, where it is not that of the lead.
    private var cameAs: [Int: String] = [:]

    fileprivate mutating func append(_ fact: BehaviourFact, receivedAt: Instant?, cameAs id: String?) {
        if facts.isEmpty {
            facts.reserveCapacity(Self.usual)
            self.receivedAt.reserveCapacity(Self.usual)
        }
        if let id { cameAs[facts.count] = id }
        facts.append(fact)
        self.receivedAt.append(receivedAt)
    }

    /// Most leads do no more.
    private static let usual = 12

    /// What counts under some rules; of some kinds alone, where they are given.
    func counted(_ rules: ScoringRules, of kinds: Set<String>? = nil) -> [BehaviourFact] {
        let counts = { kinds?.contains(facts[$0].kind) ?? true && isCounted($0, rules) }
        return facts.indices.allSatisfy(counts) ? facts : facts.indices.filter(counts).map { facts[$0] }
    }

    /// What counts under some rules, in the order in which it was known, and from when on each does.
    func known(
        _ rules: ScoringRules, of leadID: String, since arrival: LeadArrival
    ) -> (facts: [BehaviourFact], from: [Instant]) {
        var places = facts.indices.filter { isCounted($0, rules) }
        var moments = places.map { place in
            arrival.counts(
                from: facts[place].occurredAt,
                recordedAt: arrival.recorded(receivedAt[place], as: cameAs[place] ?? leadID))
        }
        if !zip(moments, moments.dropFirst()).allSatisfy({ $0 <= $1 }) {
            let order = places.indices.sorted { (moments[$0], $0) < (moments[$1], $1) }
            (places, moments) = (order.map { places[$0] }, order.map { moments[$0] })
            return (places.map { facts[$0] }, moments)
        }
        return (places.count == facts.count ? facts : places.map { facts[$0] }, moments)
    }

    private func isCounted(_ place: Int, _ rules: ScoringRules) -> Bool {
        rules.counts(facts[place].occurredAt, arrivedAt: receivedAt[place])
    }
}

/// Reads engagement for several versions of rules at once: of each as much as some rule looks at.
struct FactReader: Sendable {
    private let catalogue: FieldCatalogue
    /// Of the kinds of which more counts than that and when they happened.
    private let fields: [String: EngagementFields]
    /// What a scan asks for, before and behind the condition of its range.
    private let (head, tail): (String, String)
    /// The kinds that are read; none where all are.
    private let kinds: [ColumnValue]

    /// - Parameter versions: whose catalogues differ in custom fields at most, of which engagement has none.
    init(_ versions: [ScoringRules]) {
        self.init(versions, of: nil) { $0.examinedKinds }
    }

    /// For what is counted anew, and for what point rules count.
    init(_ paths: [VersionPath]) {
        var slots: [String: Set<Int>] = [:]
        for recount in paths.flatMap(\.next).compactMap(\.recount) {
            slots.merge(recount.slots) { $0.union($1) }
        }
        let kinds: Set<String> = paths.reduce(into: []) { $0.formUnion($1.kinds) }
        self.init(paths.flatMap(\.versions), of: kinds, slots) { $0.countedKinds }
    }

    /// - Parameter examined: kinds of which a version looks at whatever it reads.
    private init(
        _ versions: [ScoringRules], of kinds: Set<String>?, _ slots: [String: Set<Int>] = [:],
        examining examined: (ScoringRules) -> Set<String>
    ) {
        catalogue = versions.first?.catalogue ?? FieldCatalogue()
        var fields = slots.mapValues { slots in EngagementFields(where: slots.contains) }
        let all = EngagementFields { slot in versions.contains { $0.reads(slot: slot) } }
        for kind in versions.flatMap(examined) { fields[kind] = all }
        self.fields = fields
        self.kinds = kinds?.sorted().map(ColumnValue.text) ?? []
        let places = self.kinds.map { _ in "?" }.joined(separator: ", ")
        head = "SELECT lead_id, kind, occurred_at, received_at, document, arrived_as FROM engagement WHERE "
        tail =
            " AND occurred_at <= ? \(kinds == nil ? "" : "AND kind IN (\(places))")"
            + " ORDER BY lead_id, occurred_at, engagement_id"
    }

    /// What one lead did up to a moment.
    func read(
        _ leadID: String, upTo asOf: Instant = .distantFuture, _ database: Database
    ) throws -> StoredFacts {
        var found = StoredFacts()
        try read(LeadRange(from: leadID, through: leadID), upTo: asOf, database) { _, did in found = did }
        return found
    }

    /// What the leads of a range did up to a moment, one lead after the other; of one that did nothing, nothing.
    func read(
        _ range: LeadRange, upTo asOf: Instant = .distantFuture, _ database: Database,
        _ take: (String, StoredFacts) throws -> Void
    ) throws {
        var (leadID, did) = ("", StoredFacts())
        try database.rows(head + range.condition + tail, range.values + [.instant(asOf)] + kinds) { row in
            if !row.is(leadID, 0) {
                if !did.facts.isEmpty { try take(leadID, did) }
                (leadID, did) = (row.text(0), StoredFacts())
            }
            did.append(try fact(row), receivedAt: row.optionalInstant(3), cameAs: row.optionalText(5))
        }
        if !did.facts.isEmpty { try take(leadID, did) }
    }

    private func fact(_ row: StoredRow) throws -> BehaviourFact {
        let (kind, occurredAt) = (row.text(1), row.instant(2))
        guard let fields = fields[kind] else {
            return BehaviourFact(kind: kind, occurredAt: occurredAt, record: FieldRecord(catalogue))
        }
        let record = try row.withBytes(4) { try fields.record($0, catalogue, kind: kind, at: occurredAt) }
        return BehaviourFact(kind: kind, occurredAt: occurredAt, record: record)
    }
}
