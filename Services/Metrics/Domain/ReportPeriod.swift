public import Kernel

/// A half-open span of time that a report looks at: `from` is inside, `to` is not.
public struct ReportPeriod: Equatable, Sendable {
    public let from: Instant
    public let to: Instant

    /// - Returns: nil where it holds no moment.
    public init?(from: Instant?, to: Instant?) {
        self.from = from ?? Instant.distantPast
        self.to = to ?? Instant.distantFuture
        guard self.from < self.to else { return nil }
    }

    private init() {
        from = .distantPast
        to = .distantFuture
    }

    public static let allTime = ReportPeriod()

    public var isAllTime: Bool { self == .allTime }
}

/// What a report over a period counts.
public enum ReportBasis: String, Sendable {
    /// What happened in the period.
    case period
    /// The leads that came to be in the period, whenever what followed happened.
    case cohort
}
