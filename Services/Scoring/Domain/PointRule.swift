public import Criteria
public import Kernel

/// Points for a property of a lead or its company.
public struct PointRule: Sendable {
    public let id: String
    public let points: Double
    public let when: CompiledCriteria
    /// Of fit: the category whose cap it shares; empty for none.
    public let category: String

    /// - Throws: `CriteriaFaults` where the criteria do not fit the catalogue.
    public init(
        id: String, points: Double, when: Criteria, category: String = "", catalogue: FieldCatalogue
    ) throws(CriteriaFaults) {
        self.id = id
        self.points = points
        self.category = category
        self.when = try CompiledCriteria(when, catalogue: catalogue, scope: .lead)
    }
}

/// What points belong to. Those of fit are for properties, those of engagement for what a lead does, the others for
/// either.
public enum PointGroup: String, Sendable, CaseIterable {
    case fit, engagement, situation, negatives
}

/// A point rule as it is judged: with its group, without its name.
struct JudgedRule: Sendable {
    let group: PointGroup
    let points: Double
    /// The place of its category among those with a cap.
    let category: Int?
    let when: CompiledCriteria
    /// The verdict can change while the lead's fields stay as they are.
    let varies: Bool

    init(_ rule: PointRule, _ group: PointGroup, category: Int?) {
        self.group = group
        self.category = category
        points = rule.points
        when = rule.when
        varies = rule.when.needs.varyWithTime
    }
}

/// What the point rules come to for one lead at an instant: cut to the caps of categories, else unclamped; unweighted.
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
    /// - Parameter behaviour: all the lead ever did of ``countedKinds``; what comes after `asOf` is passed over.
    public func judge(_ record: FieldRecord, behaviour: [BehaviourFact], at asOf: Instant) -> Judgement {
        var judge = LeadJudge(record)
        return judge.judgement(self, behaviour: behaviour, at: asOf)
    }

    /// Finds the ICP tier and lets rules read it.
    func place(_ record: inout FieldRecord, at asOf: Instant) -> String {
        guard let tier = tiers?.place(record, now: asOf).tier else { return "" }
        for slot in tierSlots { record[slot: slot] = .text(tier) }
        return tier
    }
}
