/// Accounts that both sides pursue, each with its pair of owners.
public struct TargetList: Hashable, Sendable {
    public struct Target: Hashable, Sendable {
        public var accountID: String
        public var marketingOwner: String
        public var salesOwner: String
        public var note: String

        public init(accountID: String, marketingOwner: String, salesOwner: String, note: String = "") {
            self.accountID = accountID
            self.marketingOwner = marketingOwner
            self.salesOwner = salesOwner
            self.note = note
        }
    }

    public var name: String
    /// By account id, one for each.
    public private(set) var targets: [Target]

    public init(name: String, targets: [Target]) {
        self.name = name
        self.targets = targets.sorted { $0.accountID < $1.accountID }
    }

    /// What signatures bind to: the same list has the same bytes.
    public var canonicalJSON: String {
        Tree.map([
            Tree.Entry("name", .text(name)),
            Tree.Entry(
                "targets",
                .list(
                    targets.map {
                        .fields([
                            ("account_id", .text($0.accountID)), ("marketing_owner", .text($0.marketingOwner)),
                            ("sales_owner", .text($0.salesOwner)), ("note", .text($0.note)),
                        ])
                    })),
        ]).canonicalJSON
    }

    /// What is wrong with a pair of owners; nil where nothing is.
    public static func fault(marketingOwner: String, salesOwner: String) -> (found: String, expected: String)? {
        let marketing = Person.key(marketingOwner)
        let sales = Person.key(salesOwner)
        if marketing.isEmpty { return ("no marketing owner", "one owner for marketing and one for sales") }
        if sales.isEmpty { return ("no sales owner", "one owner for marketing and one for sales") }
        return marketing == sales ? ("\(salesOwner) for both sides", "two people") : nil
    }
}

/// One difference between two revisions of a list.
public struct TargetChange: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case renamed, added, removed
        case ownersChanged = "owners_changed"
        case noteChanged = "note_changed"
    }

    public var kind: Kind
    /// Blank where the list itself changed.
    public var accountID: String
    /// Such as `a-17: sales owner ben -> cleo`.
    public var sentence: String

    public init(kind: Kind, accountID: String, sentence: String) {
        self.kind = kind
        self.accountID = accountID
        self.sentence = sentence
    }

    /// What differs, the name first, then by account.
    public static func between(_ before: TargetList?, _ after: TargetList) -> [TargetChange] {
        var changes: [TargetChange] = []
        if let before, before.name != after.name {
            changes.append(
                TargetChange(kind: .renamed, accountID: "", sentence: "name \(before.name) -> \(after.name)"))
        }
        let old = Dictionary((before?.targets ?? []).map { ($0.accountID, $0) }) { first, _ in first }
        let new = Dictionary(after.targets.map { ($0.accountID, $0) }) { first, _ in first }
        for id in Set(old.keys).union(new.keys).sorted() { changes += between(old[id], new[id]) }
        return changes
    }

    private static func between(_ before: TargetList.Target?, _ after: TargetList.Target?) -> [TargetChange] {
        switch (before, after) {
        case (nil, nil): return []
        case (nil, let after?):
            let owners = "marketing \(after.marketingOwner), sales \(after.salesOwner)"
            return [
                TargetChange(
                    kind: .added, accountID: after.accountID, sentence: "\(after.accountID): added (\(owners))")
            ]
        case (let before?, nil):
            return [TargetChange(kind: .removed, accountID: before.accountID, sentence: "\(before.accountID): removed")]
        case (let before?, let after?):
            let id = after.accountID
            var changes: [TargetChange] = []
            for (side, old, new) in [
                ("marketing", before.marketingOwner, after.marketingOwner),
                ("sales", before.salesOwner, after.salesOwner),
            ] where old != new {
                changes.append(
                    TargetChange(kind: .ownersChanged, accountID: id, sentence: "\(id): \(side) owner \(old) -> \(new)")
                )
            }
            if before.note != after.note {
                changes.append(
                    TargetChange(
                        kind: .noteChanged, accountID: id,
                        sentence: "\(id): note \(before.note.isEmpty ? "none" : before.note) -> "
                            + (after.note.isEmpty ? "none" : after.note)))
            }
            return changes
        }
    }
}
