import Contracts
import Criteria
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What a lead did, in the order of time.
struct StoredFacts {
    private(set) var facts: [BehaviourFact] = []
    /// When each arrived; nil where that is not held against it.
    private var receivedAt: [Instant?] = []
    /// By place: the id under which one came, where it is not that of the lead.
    private var cameAs: [Int: String] = [:]

    fileprivate mutating func append(_ fact: BehaviourFact, receivedAt: Instant?, cameAs id: String?) {
        if let id { cameAs[facts.count] = id }
        facts.append(fact)
        self.receivedAt.append(receivedAt)
    }

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
    private let versions: [ScoringRules]
    private let catalogue: FieldCatalogue
    /// Kinds of which more counts than that and when they happened.
    private let examined: Set<String>

    /// - Parameter versions: whose catalogues differ in custom fields at most, of which engagement has none.
    init(_ versions: [ScoringRules]) {
        self.versions = versions
        catalogue = versions.first?.catalogue ?? FieldCatalogue()
        examined = versions.reduce(into: []) { $0.formUnion($1.examinedKinds) }
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
        try database.rows(
            """
            SELECT lead_id, kind, occurred_at, received_at, document, arrived_as FROM engagement
            WHERE \(range.condition) AND occurred_at <= ? ORDER BY lead_id, occurred_at, engagement_id
            """, range.values + [.instant(asOf)]
        ) { row in
            if !row.is(leadID, 0) {
                if !did.facts.isEmpty { try take(leadID, did) }
                (leadID, did) = (row.text(0), StoredFacts())
            }
            did.append(try fact(row), receivedAt: row.optionalInstant(3), cameAs: row.optionalText(5))
        }
        if !did.facts.isEmpty { try take(leadID, did) }
    }

    private func fact(_ row: StoredRow) throws -> BehaviourFact {
        let kind = row.text(1)
        guard examined.contains(kind) else {
            return BehaviourFact(kind: kind, occurredAt: row.instant(2), record: FieldRecord(catalogue))
        }
        return BehaviourFact(try WireEngagement(serializedBytes: row.blob(4)), catalogue, readBy: versions)
    }
}
