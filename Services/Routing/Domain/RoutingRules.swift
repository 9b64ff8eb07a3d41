public import Criteria

/// Where a rule sends a lead.
public enum RoutingTarget: Hashable, Sendable {
    case pool(String)
    case rep(String)
}

/// One rule of the agreement: the leads it is about, and who gets them.
public struct RoutingRule: Sendable {
    public let id: String
    /// Absent means every lead.
    public let when: CompiledCriteria?
    public let target: RoutingTarget

    public init(id: String, when: CompiledCriteria?, target: RoutingTarget) {
        self.id = id
        self.when = when
        self.target = target
    }
}

/// What becomes of a lead that sales rejects.
public enum AfterRejection: String, Sendable, CaseIterable {
    /// Back to marketing.
    case nurture
    /// To another rep.
    case reassign
    /// The end.
    case close
}

/// What stops a timer of the agreement, as far as it concerns reassignment.
public enum TimerStop: String, Sendable, CaseIterable {
    case accepted, rejected, touched, qualified, closed
}

/// The routing section of one version of the agreement.
public struct RoutingRules: Sendable {
    public let version: Int64
    /// What the rules' criteria were compiled against.
    public let catalogue: FieldCatalogue
    /// ISO 4217: the currency in which rules speak of revenue.
    public let currency: String
    /// In order: the first that holds decides.
    public let rules: [RoutingRule]
    public let fallbackPool: String?
    /// By reason code.
    public let rejectionReasons: [String: AfterRejection]
    /// By the id of the timer.
    public let timerStops: [String: Set<TimerStop>]
    /// Set when a rule asks what a lead did.
    public let asksBehaviour: Bool

    public init(
        version: Int64, catalogue: FieldCatalogue, currency: String = "USD", rules: [RoutingRule],
        fallbackPool: String?, rejectionReasons: [String: AfterRejection] = [:],
        timerStops: [String: Set<TimerStop>] = [:], asksBehaviour: Bool = false
    ) {
        self.version = version
        self.catalogue = catalogue
        self.currency = currency
        self.rules = rules
        self.fallbackPool = fallbackPool
        self.rejectionReasons = rejectionReasons
        self.timerStops = timerStops
        self.asksBehaviour = asksBehaviour
    }
}

/// What the rules see of a lead.
public struct RoutedLead: Sendable {
    public var record: FieldRecord
    public var behaviour: [BehaviourFact]

    public init(record: FieldRecord, behaviour: [BehaviourFact] = []) {
        self.record = record
        self.behaviour = behaviour
    }
}
