/// When a lead is an MQL.
public struct Qualification: Sendable {
    public let threshold: Double
    public let minimumFit: Double
    public let minimumEngagement: Double
    /// Kinds of engagement that qualify a lead at once, whatever its score.
    public let handRaisers: Set<String>
    /// How far below the threshold the score has to fall before the lead can qualify again.
    public let hysteresis: Double

    public init(
        threshold: Double = 60, minimumFit: Double = 0, minimumEngagement: Double = 0,
        handRaisers: Set<String> = [], hysteresis: Double = 0
    ) {
        self.threshold = threshold
        self.minimumFit = minimumFit
        self.minimumEngagement = minimumEngagement
        self.handRaisers = handRaisers
        self.hysteresis = hysteresis
    }

    public func isMet(by score: Score) -> Bool { isMet(by: score.points) }

    public func isMet(by score: ScorePoints) -> Bool {
        score.total >= threshold && score.fit >= minimumFit && score.engagement >= minimumEngagement
    }
}

/// A lead's stage, as far as scoring knows it.
public enum DemandState: Int, Sendable, Comparable {
    case inquiry = 2
    /// It did something.
    case engaged = 3
    case mql = 4

    public static func < (left: DemandState, right: DemandState) -> Bool { left.rawValue < right.rawValue }
}

/// Where a lead stands towards qualification.
public struct Standing: Hashable, Sendable {
    /// Of a lead that is an MQL: whether it can qualify again.
    public enum Heat: Int, Sendable {
        /// It has not met the threshold since it last qualified: it is not one yet, or raised its hand.
        case below = 0
        case above = 1
        /// It met the threshold, then fell below it by the hysteresis.
        case cooled = 2
    }

    public var state: DemandState
    public var heat: Heat

    public init(state: DemandState = .inquiry, heat: Heat = .below) {
        self.state = state
        self.heat = heat
    }
}

/// Why a lead qualified.
public enum Trigger: String, Sendable {
    case threshold
    case handRaiser = "hand_raiser"
}

extension Qualification {
    /// The score below which a lead that met the threshold has cooled.
    public var coolingLevel: Double { threshold - hysteresis }

    /// Decides once a change: a lead qualifies when it raises its hand or reaches the threshold, and again only after
    /// it was above the threshold and cooled.
    ///
    /// - Parameters:
    ///   - standing: just before the change; time alone may have cooled the lead since the last one.
    ///   - raisedHand: the change is an engagement of a kind that qualifies at once.
    /// - Returns: the standing after the change, why the lead qualified by it, and whether it cooled by it.
    func decide(
        _ standing: Standing, after: ScorePoints, engaged: Bool, raisedHand: Bool
    ) -> (standing: Standing, trigger: Trigger?, cooled: Bool) {
        var next = standing
        if engaged { next.state = max(next.state, .engaged) }
        let mayQualify = next.state != .mql || next.heat == .cooled
        let isMet = isMet(by: after)
        let trigger: Trigger? = raisedHand ? .handRaiser : isMet ? .threshold : nil
        if mayQualify, let trigger { return (Standing(state: .mql, heat: isMet ? .above : .below), trigger, false) }
        if next.state == .mql, next.heat == .below, isMet { next.heat = .above }
        let cooled = next.heat == .above && after.total < coolingLevel
        if cooled { next.heat = .cooled }
        return (next, nil, cooled)
    }
}

extension Qualification {
    func decide(
        _ standing: Standing, after: Score, engaged: Bool, raisedHand: Bool
    ) -> (standing: Standing, trigger: Trigger?, cooled: Bool) {
        decide(standing, after: after.points, engaged: engaged, raisedHand: raisedHand)
    }
}

extension Standing {
    /// Of two leads that are one. What cooled in one place can be warm in another, and then does not qualify anew.
    public func united(with other: Standing) -> Standing {
        let order: [Heat] = [.cooled, .below, .above]
        let heats = [self, other].filter { $0.state == .mql }.map(\.heat)
        let heat = order.last(where: heats.contains) ?? .below
        return Standing(state: max(state, other.state), heat: heat)
    }
}
