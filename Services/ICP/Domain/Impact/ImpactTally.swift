/// A lead under one agreement at the instant of a comparison.
public struct LeadStanding: Hashable, Sendable {
    public var total: Double
    /// A1 to D4; empty where there is no agreement.
    public var grade: String
    /// inquiry, engaged or mql
    public var stage: String
    /// Such as `pool enterprise`; nil where the agreement does not hand it to sales, or where that is not known.
    public var owner: String?

    public init(total: Double, grade: String, stage: String, owner: String? = nil) {
        self.total = total
        self.grade = grade
        self.stage = stage
        self.owner = owner
    }

    public var isMQL: Bool { stage == "mql" }
}

/// A lead under two agreements.
public struct LeadMove: Hashable, Sendable {
    public var leadID: String
    public var company: String
    public var before: LeadStanding
    public var after: LeadStanding

    public init(leadID: String, company: String, before: LeadStanding, after: LeadStanding) {
        self.leadID = leadID
        self.company = company
        self.before = before
        self.after = after
    }

    /// Every way in which the lead changes.
    var kinds: [Kind] {
        var kinds: [Kind] = []
        if before.isMQL != after.isMQL { kinds.append(after.isMQL ? .becomesMQL : .ceasesMQL) }
        if let old = before.owner, let new = after.owner, old != new { kinds.append(.owner) }
        if before.grade != after.grade { kinds.append(.grade) }
        if before.stage != after.stage { kinds.append(.stage) }
        return kinds
    }

    enum Kind: Hashable {
        case becomesMQL, ceasesMQL, owner, grade, stage
    }
}

/// How many go from one to another.
public struct Movement: Hashable, Sendable {
    public var from: String
    public var to: String
    public var leads: Int
}

/// Counts what a change of the agreement would mean, lead by lead.
public struct ImpactTally: Sendable {
    public private(set) var leads = 0
    /// At most so many for each kind of change, in the order in which the leads came.
    public private(set) var examples: [LeadMove] = []
    private let examplesAtMost: Int
    private var counts: [LeadMove.Kind: Int] = [:]
    private var shown: [LeadMove.Kind: Int] = [:]
    private var moves: [[String: Int]] = [[:], [:], [:]]

    public init(examples: Int) {
        examplesAtMost = examples
    }

    public mutating func add(_ move: LeadMove) {
        leads += 1
        count(0, move.before.grade, move.after.grade)
        count(1, move.before.stage, move.after.stage)
        if let old = move.before.owner, let new = move.after.owner { count(2, old, new) }
        let kinds = move.kinds
        for kind in kinds { counts[kind, default: 0] += 1 }
        guard kinds.contains(where: { shown[$0, default: 0] < examplesAtMost }) else { return }
        examples.append(move)
        for kind in kinds { shown[kind, default: 0] += 1 }
    }

    private mutating func count(_ what: Int, _ from: String, _ to: String) {
        moves[what]["\(from)\u{1F}\(to)", default: 0] += 1
    }

    public var becomeMQL: Int { counts[.becomesMQL] ?? 0 }
    public var ceaseMQL: Int { counts[.ceasesMQL] ?? 0 }
    public var gradeChanges: Int { counts[.grade] ?? 0 }
    public var stageChanges: Int { counts[.stage] ?? 0 }
    public var ownerChanges: Int { counts[.owner] ?? 0 }
    public var grades: [Movement] { movements(0) }
    public var stages: [Movement] { movements(1) }
    /// Of leads that both agreements hand to sales.
    public var owners: [Movement] { movements(2) }

    /// In the order of where they come from, then of where they go.
    private func movements(_ what: Int) -> [Movement] {
        moves[what].sorted { $0.key < $1.key }.map { key, leads in
            let parts = key.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
            return Movement(from: parts[0], to: parts[1], leads: leads)
        }
    }
}
