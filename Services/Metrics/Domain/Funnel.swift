/// When one lead first entered each state, and where it stands, as far as a report looks.
public struct LeadPath: Equatable, Sendable {
    private var first: [Int64]
    /// The state that it entered last; of two at the same instant, the later one of the path.
    public var current: DemandState?

    private static let never = Int64.max

    public init() {
        first = Array(repeating: Self.never, count: DemandState.lost.rawValue + 1)
    }

    /// Microseconds since 1970; nil where it never entered the state.
    public subscript(_ state: DemandState) -> Int64? {
        get {
            let at = first[state.rawValue]
            return at == Self.never ? nil : at
        }
        set { first[state.rawValue] = newValue ?? Self.never }
    }

    /// Whether it entered any later state of the path.
    func wentOn(from state: DemandState) -> Bool {
        state < .customer && (state.rawValue + 1...DemandState.customer.rawValue).contains { first[$0] != Self.never }
    }
}

/// From one state to another.
public struct StagePair: Hashable, Sendable {
    public let from: DemandState
    public let to: DemandState

    /// What a funnel shows: neighbours on the path, then lead to opportunity, MQL to SQL, lead to customer and MQL
    /// to customer.
    public static let shown: [StagePair] =
        zip(DemandState.path, DemandState.path.dropFirst()).map(StagePair.init)
        + [
            StagePair(.inquiry, .opportunity), StagePair(.mql, .sql), StagePair(.inquiry, .customer),
            StagePair(.mql, .customer),
        ]

    public init(_ from: DemandState, _ to: DemandState) {
        self.from = from
        self.to = to
    }
}

/// A funnel of some leads: who entered, who went on and how long it took.
public struct FunnelSlice: Equatable, Sendable {
    /// Leads with any state.
    public private(set) var leads = 0
    private var entered = Array(repeating: 0, count: DemandState.lost.rawValue + 1)
    private var left = Array(repeating: 0, count: DemandState.lost.rawValue + 1)
    private var spans: [[Int64]] = Array(repeating: [], count: StagePair.shown.count)

    public init() {}

    public mutating func add(_ path: LeadPath) {
        leads += 1
        for state in DemandState.allCases where path[state] != nil {
            entered[state.rawValue] += 1
            if state.isOnPath, state != .customer, path.current != state, !path.wentOn(from: state) {
                left[state.rawValue] += 1
            }
        }
        for (index, pair) in StagePair.shown.enumerated() {
            if let from = path[pair.from], let to = path[pair.to] { spans[index].append(to - from) }
        }
    }

    mutating func add(_ other: FunnelSlice) {
        leads += other.leads
        for index in entered.indices {
            entered[index] += other.entered[index]
            left[index] += other.left[index]
        }
        for index in spans.indices { spans[index] += other.spans[index] }
    }

    public func entered(_ state: DemandState) -> Int { entered[state.rawValue] }

    /// Leads that entered the state, did not go on along the path and are not in it any more. A customer never leaks.
    public func leaked(_ state: DemandState) -> Int { left[state.rawValue] }

    public func conversions() -> [Conversion] {
        zip(StagePair.shown, spans).map { pair, spans in
            Conversion(
                pair: pair, base: entered(pair.from), converted: spans.count,
                days: DurationSummary(microseconds: spans))
        }
    }
}

/// How many leads went from one state to another, and in how many days.
public struct Conversion: Equatable, Sendable {
    public let pair: StagePair
    /// Leads that entered `from`.
    public let base: Int
    /// Of those, leads that entered `to`, in whatever order: a win before the first contact has a negative length.
    public let converted: Int
    public let days: DurationSummary?

    /// converted / base; 0 without a base.
    public var rate: Double { base == 0 ? 0 : Double(converted) / Double(base) }
}

/// Leads gathered into one slice a value of the dimension that a report is split by.
public struct FunnelTally: Equatable, Sendable {
    private var slices: [String: FunnelSlice] = [:]

    public init() {}

    public mutating func add(_ path: LeadPath, value: String) {
        slices[value, default: FunnelSlice()].add(path)
    }

    public var total: FunnelSlice {
        rows.reduce(into: FunnelSlice()) { $0.add($1.slice) }
    }

    /// Most leads first, then by value.
    public var rows: [(value: String, slice: FunnelSlice)] {
        slices.map { (value: $0.key, slice: $0.value) }
            .sorted { ($1.slice.leads, $0.value) < ($0.slice.leads, $1.value) }
    }
}
