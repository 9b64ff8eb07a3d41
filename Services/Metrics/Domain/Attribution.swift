/// How the credit for a won deal is shared among the touches before it.
public enum AttributionModel: Hashable, Sendable, CaseIterable {
    /// All to the first touch.
    case first
    /// All to the last touch.
    case last
    /// The same to every touch.
    case linear
    /// By the place on the path.
    case position(PositionWeights)

    public static let allCases: [AttributionModel] = [.first, .last, .linear, .position(.standard)]

    /// As the agreement and reports name it.
    public var name: String {
        switch self {
        case .first: "first"
        case .last: "last"
        case .linear: "linear"
        case .position: "position"
        }
    }

    /// Every model; the agreed one with the weights that were agreed.
    public static func all(agreed: AttributionModel) -> [AttributionModel] {
        allCases.map { $0.name == agreed.name ? agreed : $0 }
    }

    /// The credit of each touch of a path, in minor units; the credits add up to the value exactly.
    ///
    /// What does not divide goes to the largest remainders, of equal ones to the earlier touch (Hamilton's method).
    ///
    /// - Parameter touches: how many there are, in the order of time; at least one.
    public func credits(of value: Int64, touches: Int) -> [Int64] {
        switch self {
        case .first: (0..<touches).map { $0 == 0 ? value : 0 }
        case .last: (0..<touches).map { $0 == touches - 1 ? value : 0 }
        case .linear: Self.share(value, among: touches)
        case .position(let weights): Self.share(value, by: weights.shares(of: touches))
        }
    }

    /// Whether a touch has a part in a deal, whatever the deal is worth.
    func credits(touch index: Int, of touches: Int) -> Bool {
        switch self {
        case .first: index == 0
        case .last: index == touches - 1
        case .linear: true
        case .position(let weights): weights.shares(of: touches)[index] > 0
        }
    }

    /// Equal weights have equal remainders, so the earliest ones get a unit more.
    private static func share(_ value: Int64, among touches: Int) -> [Int64] {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: Int64(touches))
        return (0..<Int64(touches)).map { $0 < rest ? whole + 1 : whole }
    }

    /// - Parameter shares: not negative; they add up to 1, but for rounding.
    private static func share(_ value: Int64, by shares: [Double]) -> [Int64] {
        let exact = shares.map { Double(value) * $0 }
        var credits = exact.map { Int64($0) }
        let remainders = zip(exact, credits).map { $0 - Double($1) }
        let order = shares.indices.filter { shares[$0] > 0 }
            .sorted { (-remainders[$0], $0) < (-remainders[$1], $1) }
        var rest = value - credits.reduce(0, +)
        for index in order.prefix(Int(clamping: max(0, rest))) {
            credits[index] += 1
            rest -= 1
        }
        // Values beyond 2^53 are not exact as floating point.
        if let first = order.first { credits[first] += rest }
        return credits
    }
}

/// A won deal with the touches that may have a part in it.
public struct AttributedDeal: Equatable, Sendable {
    /// In minor units; not negative.
    public let value: Int64
    /// What each touch counts for, such as its channel, in the order of time.
    public let path: [String]

    public init(value: Int64, path: [String]) {
        self.value = value
        self.path = path
    }
}

/// Credit by value of a dimension, under one model.
public struct AttributionTally: Equatable, Sendable {
    public struct Credit: Equatable, Sendable {
        public var minorUnits: Int64
        /// Deals in which the value had a part.
        public var deals: Int

        public init(minorUnits: Int64 = 0, deals: Int = 0) {
            self.minorUnits = minorUnits
            self.deals = deals
        }
    }

    public let model: AttributionModel
    /// The value of all deals: the credits and what is unattributed add up to it.
    public private(set) var total: Int64 = 0
    /// The value of deals without any touch.
    public private(set) var unattributed: Int64 = 0
    private var credits: [String: Credit] = [:]

    public init(_ model: AttributionModel) {
        self.model = model
    }

    public mutating func add(_ deal: AttributedDeal) {
        total += deal.value
        guard !deal.path.isEmpty else {
            unattributed += deal.value
            return
        }
        let shares = model.credits(of: deal.value, touches: deal.path.count)
        var parts: Set<String> = []
        for (index, value) in deal.path.enumerated() where model.credits(touch: index, of: deal.path.count) {
            credits[value, default: Credit()].minorUnits += shares[index]
            parts.insert(value)
        }
        for part in parts { credits[part, default: Credit()].deals += 1 }
    }

    /// Most credit first, then by value.
    public var rows: [(value: String, credit: Credit)] {
        credits.map { (value: $0.key, credit: $0.value) }
            .sorted { ($1.credit.minorUnits, $0.value) < ($0.credit.minorUnits, $1.value) }
    }
}
