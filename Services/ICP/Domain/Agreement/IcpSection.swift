public import Criteria

/// Who we sell to. Default: nobody in particular; every account is without a tier.
public struct IcpSection: Hashable, Sendable {
    /// Best first.
    public var tiers: [WeightedTiers.Tier] = []
    public var criteria: [WeightedTiers.Criterion] = []

    static let known = ["tiers", "criteria"]

    init() {}

    init(_ reader: SectionReader) {
        tiers = reader.parts("tiers", known: ["name", "at_least", "requires"], unique: "name").map { part in
            WeightedTiers.Tier(
                name: part.id("name"), atLeast: part.number("at_least", in: 0...100) ?? 0,
                requires: part.criteria("requires", scope: .company))
        }
        criteria = reader.parts("criteria", known: ["id", "weight", "when"], unique: "id").compactMap { part in
            let id = part.id()
            let weight = part.number("weight", in: 0...1_000_000, required: true) ?? 1
            if weight == 0 { part.fault("weight", found: "0", expected: "a number above 0") }
            return part.criteria("when", scope: .company, required: true).map {
                WeightedTiers.Criterion(id: id, weight: weight, when: $0)
            }
        }
    }

    var tree: Tree {
        .fields([
            (
                "tiers",
                .list(
                    tiers.map {
                        .fields([
                            ("name", .text($0.name)), ("at_least", .number($0.atLeast)),
                            ("requires", $0.requires?.tree),
                        ])
                    })
            ),
            (
                "criteria",
                .list(
                    criteria.map {
                        .fields([("id", .text($0.id)), ("weight", .number($0.weight)), ("when", $0.when.tree)])
                    })
            ),
        ])
    }
}
