import Contracts
import Criteria
import Kernel
import ScoringDomain
import SwiftProtobuf

/// A row of `engagement` as far as rules read it.
struct StoredEngagement: Sendable {
    var kind: String
    var occurredAt: Instant
    /// Nil of what came with its lead.
    var receivedAt: Instant?
    /// `accord.scoring.v1.Engagement`; empty where no rule reads more than kind and time.
    var document: [UInt8]

    /// As rules see it.
    ///
    /// - Parameter readsDocument: whether some rule reads more than kind and time.
    func fact(_ rules: ScoringRules, readsDocument: Bool) throws -> BehaviourFact {
        guard readsDocument else { return BehaviourFact(kind, at: occurredAt, rules) }
        return BehaviourFact(try WireEngagement(serializedBytes: document), rules)
    }
}
