public import Kernel

/// What an engagement says of itself to behaviour criteria.
public struct BehaviourFact: Sendable {
    public var kind: String
    public var occurredAt: Instant
    /// The `engagement.*` fields.
    public var record: FieldRecord

    public init(kind: String, occurredAt: Instant, record: FieldRecord) {
        self.kind = kind
        self.occurredAt = occurredAt
        self.record = record
    }
}

/// A fault of a criteria tree: where, what was found, what was expected.
public struct CriteriaFault: Error, Hashable, Sendable {
    /// Such as `all[1].op`.
    public var path: String
    public var found: String
    public var expected: String

    public init(path: String, found: String, expected: String) {
        self.path = path
        self.found = found
        self.expected = expected
    }
}

public struct CriteriaFaults: Error, Hashable, Sendable {
    public var faults: [CriteriaFault]

    public init(faults: [CriteriaFault]) {
        self.faults = faults
    }
}

/// Criteria bound to a catalogue: checked once, evaluated often.
public struct CompiledCriteria: Sendable {
    private let root: Criteria
    private let catalogue: FieldCatalogue

    /// - Throws: ``CriteriaFaults`` with all faults of the tree: unknown fields, operators that do not fit the type.
    public init(_ criteria: Criteria, catalogue: FieldCatalogue) throws(CriteriaFaults) {
        root = criteria
        self.catalogue = catalogue
    }

    public func evaluate(_ record: FieldRecord, behaviour: [BehaviourFact] = [], now: Instant) -> Verdict {
        .unknown
    }

    /// The verdict and the reason of every leaf.
    public func explain(
        _ record: FieldRecord, behaviour: [BehaviourFact] = [], now: Instant
    ) -> (verdict: Verdict, reasons: [LeafReason]) {
        (.unknown, [])
    }
}
