public import Criteria
public import Kernel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Points for something a lead does.
public struct EngagementRule: Sendable {
    /// Which of several engagements count.
    public enum Repeat: String, Sendable, CaseIterable {
        case every
        /// The first one ever, by the time it happened.
        case once
        /// The first one of each UTC day, by the time it happened.
        case oncePerDay = "once_per_day"
    }

    /// How points fade with the age of the engagement.
    public enum Decay: Hashable, Sendable {
        case none
        /// Halved by every half-life.
        case exponential(halfLife: TimeSpan)
        /// In a straight line to nothing at the end of the window.
        case linear(window: TimeSpan)

        /// The share of the points that is left, 0 to 1.
        public func share(after age: TimeSpan) -> Double {
            switch self {
            case .none: 1
            case .exponential(let halfLife):
                exp2(-Double(age.microseconds) / Double(halfLife.microseconds))
            case .linear(let window):
                max(0, 1 - Double(age.microseconds) / Double(window.microseconds))
            }
        }
    }

    public let id: String
    /// What its points belong to: engagement, situation or negatives.
    public let group: PointGroup
    /// Of engagement: the category whose cap it shares; empty for none.
    public let category: String
    /// The kind of engagement, such as `webinar_attended`.
    public let event: String
    public let points: Double
    /// Over `engagement.*`, judged once, at the time of the engagement; nil means every engagement of the kind.
    public let filter: CompiledCriteria?
    /// The most that the rule contributes after decay; for a rule of negative points, the most that it takes.
    public let cap: Double?
    public let repeats: Repeat
    public let decay: Decay
    /// What counting takes of all this.
    let terms: EngagementTerms
    /// What the rule counts, as text: rules of the same shape share accumulators, whatever their points and cap.
    let shape: String
    /// Of it, what is counted and how often, whatever its decay.
    let counted: String

    /// - Throws: `CriteriaFaults` where the filter does not fit the catalogue.
    public init(
        id: String, group: PointGroup = .engagement, category: String = "", event: String, points: Double,
        filter: Criteria? = nil, cap: Double? = nil, repeats: Repeat = .every, decay: Decay = .none,
        catalogue: FieldCatalogue
    ) throws(CriteriaFaults) {
        self.id = id
        self.group = group
        self.category = category
        self.event = event
        self.points = points
        self.cap = cap
        self.repeats = repeats
        self.decay = decay
        terms = EngagementTerms(
            points: points, limit: cap.map { points < 0 ? -abs($0) : $0 } ?? (points < 0 ? -.infinity : .infinity),
            repeats: repeats, decay: decay)
        if let filter {
            self.filter = try CompiledCriteria(filter, catalogue: catalogue, scope: .engagement)
        } else {
            self.filter = nil
        }
        let test = filter.map { "\($0)" } ?? ""
        shape = "\(id) \(event) \(repeats) \(decay) \(test)"
        counted = "\(id) \(event) \(repeats) \(test)"
    }

    /// What the rule contributes for engagements that amount, after decay, to so many points.
    func capped(_ decayed: Double) -> Double { terms.capped(decayed) }
}

/// An engagement rule without its names: numbers alone, which are read without counting references.
struct EngagementTerms: Sendable {
    let points: Double
    /// The most that it contributes; of negative points, the least. Infinite where there is no cap.
    let limit: Double
    let repeats: EngagementRule.Repeat
    let decay: EngagementRule.Decay

    func capped(_ decayed: Double) -> Double { points < 0 ? max(decayed, limit) : min(decayed, limit) }
}
