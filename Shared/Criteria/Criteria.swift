public import Kernel

/// A tree of conditions: `all`, `any` and `none` over leaves. The rule language of the whole agreement.
public indirect enum Criteria: Hashable, Sendable {
    case all([Criteria])
    case any([Criteria])
    /// True when no part is true.
    case none([Criteria])
    case leaf(Leaf)
    case behaviour(Behaviour)

    /// `{field, op, value}`
    public struct Leaf: Hashable, Sendable {
        public var field: String
        public var op: CriteriaOperator
        /// Absent for `exists` and `missing`.
        public var value: FieldValue?

        public init(field: String, op: CriteriaOperator, value: FieldValue? = nil) {
            self.field = field
            self.op = op
            self.value = value
        }
    }

    /// `{event, where, within, at_least, at_most}`: how often a lead did something.
    public struct Behaviour: Hashable, Sendable {
        /// The kind of engagement.
        public var event: String
        /// Over `engagement.*`.
        public var filter: Criteria?
        /// How far back from now; absent means ever.
        public var within: TimeSpan?
        public var atLeast: Int?
        public var atMost: Int?

        public init(
            event: String, filter: Criteria? = nil, within: TimeSpan? = nil, atLeast: Int? = nil, atMost: Int? = nil
        ) {
            self.event = event
            self.filter = filter
            self.within = within
            self.atLeast = atLeast
            self.atMost = atMost
        }
    }
}

/// The operators of a leaf.
public enum CriteriaOperator: String, Sendable, CaseIterable {
    case eq, ne
    case isIn = "in"
    case notIn = "not_in"
    case lt, lte, gt, gte, between
    case contains
    case containsAny = "contains_any"
    case containsAll = "contains_all"
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case glob, exists, missing, within
    case olderThan = "older_than"
}

/// A value of a field, or the value that a leaf compares with.
public enum FieldValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case date(Instant)
    case list([FieldValue])
}

/// Three-valued logic (Kleene): a missing field is unknown, not false.
public enum Verdict: String, Sendable {
    case `true`, `false`, unknown
}

/// Why one leaf came out as it did.
public struct LeafReason: Hashable, Sendable {
    /// Where the leaf stands in the tree, such as `all[1].any[0]`; empty where the tree is one leaf.
    public var path: String
    public var field: String
    public var op: String
    public var expected: FieldValue?
    public var found: FieldValue?
    public var verdict: Verdict

    public init(
        path: String, field: String, op: String, expected: FieldValue?, found: FieldValue?, verdict: Verdict
    ) {
        self.path = path
        self.field = field
        self.op = op
        self.expected = expected
        self.found = found
        self.verdict = verdict
    }
}
