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
///
/// | field | operators |
/// |---|---|
/// | text | `eq ne in not_in contains contains_any contains_all starts_with ends_with glob` |
/// | number | `eq ne in not_in lt lte gt gte between` |
/// | boolean | `eq ne` |
/// | date | `eq ne lt lte gt gte between within older_than` |
/// | list | `contains contains_any contains_all` |
/// | every | `exists missing` |
///
/// Text is compared without regard to case; on text, `contains` looks for a part of it, on a list for an entry.
/// `between` takes `[low, high]` and includes both. `within: 30d` holds for dates from 30 days ago until now,
/// `older_than: 30d` for those before. In a `glob`, `*` is any run of characters and `?` is one.
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

    @inline(__always)
    init(_ holds: Bool) {
        self = holds ? .true : .false
    }

    /// True and false change places; unknown stays.
    var negated: Verdict {
        switch self {
        case .true: .false
        case .false: .true
        case .unknown: .unknown
        }
    }

    /// False if either is false, true if both are true.
    func and(_ other: Verdict) -> Verdict {
        if self == .false || other == .false { return .false }
        return self == .true && other == .true ? .true : .unknown
    }

    /// True if either is true, false if both are false.
    func or(_ other: Verdict) -> Verdict {
        negated.and(other.negated).negated
    }
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

    /// Such as `company.employees gte 200, found 450`.
    public var text: String {
        var text = "\(field) \(op)"
        if let expected { text += " \(expected.text)" }
        return text + (found.map { ", found \($0.text)" } ?? ", not known")
    }
}
