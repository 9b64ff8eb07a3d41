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
