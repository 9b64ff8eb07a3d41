public import Kernel

/// What reports need of an agreement version.
public struct AgreedTerms: Equatable, Sendable {
    public let version: Int64
    public let name: String
    public let effectiveAt: Instant
    public let model: AttributionModel
    /// How far before a deal's opening a touch counts; nil means without limit.
    public let window: TimeSpan?
    public let currency: String
    public let zone: ReportZone
    /// Share of handoffs that sales accepts.
    public let acceptanceTarget: Double
    /// MQL to SQL; nil means no target.
    public let mqlToSQLTarget: Double?
    /// Who signed, for which side, such as `marketing: ana`.
    public let signatures: [String]

    public init(
        version: Int64, name: String, effectiveAt: Instant, model: AttributionModel, window: TimeSpan?,
        currency: String, zone: ReportZone = .utc, acceptanceTarget: Double, mqlToSQLTarget: Double?,
        signatures: [String]
    ) {
        self.version = version
        self.name = name
        self.effectiveAt = effectiveAt
        self.model = model
        self.window = window
        self.currency = currency
        self.zone = zone
        self.acceptanceTarget = acceptanceTarget
        self.mqlToSQLTarget = mqlToSQLTarget
        self.signatures = signatures
    }

    /// The defaults of the agreement's sections, for reports before any agreement is in force.
    public static let defaults = AgreedTerms(
        version: 0, name: "", effectiveAt: .distantPast, model: .linear, window: nil, currency: "USD",
        acceptanceTarget: 0.7, mqlToSQLTarget: nil, signatures: [])
}
