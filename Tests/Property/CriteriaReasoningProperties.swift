import Criteria
import Testing

@testable import ICPDomain

/// Reasoning about criteria never claims what evaluation contradicts. A failure prints its seed.
@Suite struct CriteriaReasoningProperties {
    static let seeds = Array(UInt64(1)...300)

    @Test(arguments: seeds)
    func whatIsClaimedHoldsForEveryLead(seed: UInt64) throws {
        var random = CriteriaGenerator(seed: seed)
        let (given, wanted) = random.related()
        guard let left = Alternatives(given, CriteriaGenerator.catalogue),
            let right = Alternatives(wanted, CriteriaGenerator.catalogue)
        else { return }
        let isCovered = left.areCovered(by: [right])
        guard left.areContradictory || isCovered else { return }
        let first = try CompiledCriteria(given, catalogue: CriteriaGenerator.catalogue)
        let second = try CompiledCriteria(wanted, catalogue: CriteriaGenerator.catalogue)
        for _ in 0..<200 {
            let record = CriteriaGenerator.record(random.values())
            let behaviour = random.facts().map {
                BehaviourFact(kind: $0.kind, occurredAt: $0.at, record: CriteriaGenerator.record($0.values))
            }
            guard first.evaluate(record, behaviour: behaviour, now: CriteriaGenerator.now) == .true else { continue }
            #expect(!left.areContradictory, "seed \(seed): \(given)")
            let holds = second.evaluate(record, behaviour: behaviour, now: CriteriaGenerator.now)
            #expect(!isCovered || holds == .true, "seed \(seed): \(given) does not imply \(wanted)")
        }
    }

    @Test func itClaimsSomething() {
        var (covered, contradictory) = (0, 0)
        for seed in Self.seeds {
            var random = CriteriaGenerator(seed: seed)
            let (given, wanted) = random.related()
            guard let left = Alternatives(given, CriteriaGenerator.catalogue),
                let right = Alternatives(wanted, CriteriaGenerator.catalogue)
            else { continue }
            if left.areContradictory { contradictory += 1 } else if left.areCovered(by: [right]) { covered += 1 }
        }
        #expect(covered > 60 && contradictory > 20, "\(covered) covered, \(contradictory) contradictory")
    }
}

extension CriteriaGenerator {
    /// Criteria, and others that have something to do with them.
    mutating func related() -> (Criteria, Criteria) {
        let parts = (0..<int(2...5)).map { _ in tree(depth: 2) }
        switch int(0...2) {
        case 0: return (.all(parts), parts[int(0...parts.count - 1)])
        case 1: return (parts[0], .any(parts))
        default: return (.all(parts), tree(depth: 1))
        }
    }
}
