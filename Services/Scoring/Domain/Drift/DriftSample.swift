public import Kernel

/// The periods that are compared.
public struct DriftPeriods: Hashable, Sendable {
    /// Over before `current` begins.
    public let reference: Range<Instant>
    public let current: Range<Instant>

    public init(reference: Range<Instant>, current: Range<Instant>) {
        self.reference = reference
        self.current = current
    }

    /// The same, as much earlier as it takes for every lead that was seen in them to have had its horizon by `now`.
    public func known(horizon: TimeSpan, by now: Instant) -> DriftPeriods {
        let wait = current.upperBound.adding(horizon).microseconds - now.microseconds
        guard wait > 0 else { return self }
        let earlier = { (period: Range<Instant>) in
            period.lowerBound.adding(
                TimeSpan(microseconds: -wait))..<period.upperBound.adding(TimeSpan(microseconds: -wait))
        }
        return DriftPeriods(reference: earlier(reference), current: earlier(current))
    }

    /// From the start of the one to the end of the other.
    public var whole: Range<Instant> { reference.lowerBound..<current.upperBound }
}

/// Leads as they were seen.
public struct DriftSample: Sendable {
    /// For stability.
    public let periods: DriftPeriods
    /// For what became of them.
    public let knownPeriods: DriftPeriods
    public private(set) var reference: [CalibrationLead] = []
    public private(set) var current: [CalibrationLead] = []
    /// Whose horizon is over, from the start of the known reference to the end of the known current period.
    public private(set) var known: [CalibrationLead] = []

    public init(_ periods: DriftPeriods, known knownPeriods: DriftPeriods) {
        self.periods = periods
        self.knownPeriods = knownPeriods
    }

    /// Whether a lead that is seen then belongs to any of the periods.
    public func includes(_ seenAt: Instant) -> Bool {
        periods.reference.contains(seenAt) || periods.current.contains(seenAt) || knownPeriods.whole.contains(seenAt)
    }

    public mutating func add(_ lead: CalibrationLead) {
        if periods.reference.contains(lead.seenAt) { reference.append(lead) }
        if periods.current.contains(lead.seenAt) { current.append(lead) }
        if knownPeriods.whole.contains(lead.seenAt) { known.append(lead) }
    }

    public var knownReference: [CalibrationLead] { known.filter { knownPeriods.reference.contains($0.seenAt) } }
    public var knownCurrent: [CalibrationLead] { known.filter { knownPeriods.current.contains($0.seenAt) } }
}
