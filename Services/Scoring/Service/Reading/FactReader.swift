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

    fileprivate mutating func append(_ fact: BehaviourFact, receivedAt: Instant?) {
        facts.append(fact)
        self.receivedAt.append(receivedAt)
    }

    /// What counts under some rules.
    func counted(_ rules: ScoringRules) -> [BehaviourFact] {
        let counts = { rules.counts(facts[$0].occurredAt, arrivedAt: receivedAt[$0]) }
        return facts.indices.allSatisfy(counts) ? facts : facts.indices.filter(counts).map { facts[$0] }
    }
}

/// Reads engagement for two agreements at once: of each as much as rules of the one or of the other look at.
struct FactReader: Sendable {
    private let rules: ScoringRules
    private let other: ScoringRules
    /// Kinds of which more counts than that and when they happened.
    private let examined: Set<String>

    /// - Parameters: whose catalogues differ in custom fields at most, of which engagement has none.
    init(_ rules: ScoringRules, _ other: ScoringRules) {
        self.rules = rules
        self.other = other
        examined = rules.examinedKinds.union(other.examinedKinds)
    }

    /// What the leads of a range did up to a moment, one lead after the other; of one that did nothing, nothing.
    func read(
        _ range: LeadRange, upTo asOf: Instant, _ database: Database, _ take: (String, StoredFacts) throws -> Void
    ) throws {
        var (leadID, did) = ("", StoredFacts())
        try database.rows(
            """
            SELECT lead_id, kind, occurred_at, received_at, document FROM engagement
            WHERE \(range.condition) AND occurred_at <= ? ORDER BY lead_id, occurred_at, engagement_id
            """, range.values + [.instant(asOf)]
        ) { row in
            let next = row.text(0)
            if next != leadID {
                if !did.facts.isEmpty { try take(leadID, did) }
                (leadID, did) = (next, StoredFacts())
            }
            did.append(try fact(row), receivedAt: row.optionalInstant(3))
        }
        if !did.facts.isEmpty { try take(leadID, did) }
    }

    private func fact(_ row: StoredRow) throws -> BehaviourFact {
        let kind = row.text(1)
        guard examined.contains(kind) else {
            return BehaviourFact(kind: kind, occurredAt: row.instant(2), record: FieldRecord(rules.catalogue))
        }
        return BehaviourFact(try WireEngagement(serializedBytes: row.blob(4)), rules, and: other)
    }
}
