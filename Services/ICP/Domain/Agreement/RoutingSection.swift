public import Criteria

/// Who gets a lead.
public struct RoutingSection: Hashable, Sendable {
    /// In order; the first that holds decides.
    public var rules: [RoutingRule] = []
    public var fallbackPool = ""
    public var rejectionReasons: [RejectionReason] = []

    static let known = ["rules", "fallback_pool", "rejection_reasons"]

    init() {}

    init(_ reader: SectionReader) {
        rules = reader.parts("rules", known: RoutingRule.known, unique: "id").compactMap(RoutingRule.init)
        fallbackPool = reader.text("fallback_pool", required: true)
        rejectionReasons = reader.parts("rejection_reasons", known: RejectionReason.known, unique: "code").map(
            RejectionReason.init)
    }

    var tree: Tree {
        .fields([
            ("rules", .list(rules.map(\.tree))), ("fallback_pool", .text(fallbackPool)),
            ("rejection_reasons", .list(rejectionReasons.map(\.tree))),
        ])
    }
}

public struct RoutingRule: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        case pool(String)
        case rep(String)
    }

    public var id: String
    public var when: Criteria
    public var target: Target

    static let known = ["id", "when", "pool", "rep"]

    /// Nil where there are no readable criteria.
    init?(_ reader: SectionReader) {
        id = reader.id()
        let pool = reader.text("pool")
        let rep = reader.text("rep")
        if pool.isEmpty == rep.isEmpty {
            reader.faults.add(
                reader.path, found: pool.isEmpty ? "neither pool nor rep" : "pool and rep",
                expected: "exactly one of pool and rep")
        }
        target = rep.isEmpty ? .pool(pool) : .rep(rep)
        guard let when = reader.criteria("when", scope: .lead, required: true) else { return nil }
        self.when = when
    }

    var tree: Tree {
        switch target {
        case .pool(let pool): .fields([("id", .text(id)), ("when", when.tree), ("pool", .text(pool))])
        case .rep(let rep): .fields([("id", .text(id)), ("when", when.tree), ("rep", .text(rep))])
        }
    }
}

public struct RejectionReason: Hashable, Sendable {
    /// Where a rejected lead goes. Default `nurture`.
    public enum Consequence: String, Sendable, CaseIterable {
        case nurture, reassign, close
    }

    public var code: String
    public var description: String
    public var then: Consequence

    static let known = ["code", "description", "then"]

    init(_ reader: SectionReader) {
        code = reader.id("code")
        description = reader.text("description", default: code)
        then = reader.choice("then", default: .nurture)
    }

    var tree: Tree {
        .fields([("code", .text(code)), ("description", .text(description)), ("then", .text(then.rawValue))])
    }
}
