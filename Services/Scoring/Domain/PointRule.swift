public import Criteria
public import Kernel

/// Points for a property of a lead or its company.
public struct PointRule: Sendable {
    public let id: String
    public let points: Double
    public let when: CompiledCriteria
    let source: Criteria

    /// - Throws: `CriteriaFaults` where the criteria do not fit the catalogue.
    public init(id: String, points: Double, when: Criteria, catalogue: FieldCatalogue) throws(CriteriaFaults) {
        self.id = id
        self.points = points
        self.when = try CompiledCriteria(when, catalogue: catalogue, scope: .lead)
        source = when
    }
}

/// The groups of rules that are judged by properties.
public enum PointGroup: String, Sendable, CaseIterable {
    case fit, situation, negatives
}

/// What the point rules come to for one lead at an instant: unclamped, unweighted.
public struct Judgement: Hashable, Sendable {
    public var fit = 0.0
    public var situation = 0.0
    public var negatives = 0.0
    /// The ICP tier of the lead's company; empty when none fits.
    public var tier = ""
}

extension ScoringRules {
    /// Judges a lead by its fields. A criterion that is unknown gives no points.
    ///
    /// - Parameter behaviour: all the lead ever did, where ``readsBehaviour``; what comes after `asOf` is passed over.
    public func judge(_ record: FieldRecord, behaviour: [BehaviourFact], at asOf: Instant) -> Judgement {
        var judged = record
        let past = readsBehaviour ? behaviour.filter { $0.occurredAt <= asOf } : []
        let tier = place(&judged, at: asOf)
        func points(_ rules: [PointRule]) -> Double {
            rules.reduce(0) { sum, rule in
                rule.when.evaluate(judged, behaviour: past, now: asOf) == .true ? sum + rule.points : sum
            }
        }
        return Judgement(fit: points(fit), situation: points(situation), negatives: points(negatives), tier: tier)
    }

    /// Finds the ICP tier and lets rules read it.
    func place(_ record: inout FieldRecord, at asOf: Instant) -> String {
        guard let tier = tiers?.place(record, now: asOf).tier else { return "" }
        record["lead.tier"] = .text(tier)
        record["account.tier"] = .text(tier)
        return tier
    }

    func rules(of group: PointGroup) -> [PointRule] {
        switch group {
        case .fit: fit
        case .situation: situation
        case .negatives: negatives
        }
    }
}
