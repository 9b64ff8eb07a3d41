/// Rules of fit, or of engagement, whose points are capped together.
public struct RuleCategory: Hashable, Sendable {
    public let id: String
    /// The most that its rules of fit give together, and apart from them those of engagement; unweighted.
    public let cap: Double

    public init(id: String, cap: Double) {
        self.id = id
        self.cap = cap
    }
}

/// What the rules of what a lead does come to at an instant: capped, not yet clamped; unweighted.
struct EventPoints: Hashable {
    var engagement = 0.0
    var situation = 0.0
    var negatives = 0.0
}

/// Where the points of a rule of what leads do go: no more than adding them up takes.
struct EngagementShare {
    let terms: EngagementTerms
    let group: PointGroup
    /// The place of its category among those with a cap.
    let category: Int?
    /// Its points are below zero, and rise as they fade.
    let rises: Bool
}

/// Points by what they belong to. Only those of fit, or only those of engagement, may have categories.
struct PointSums {
    private(set) var fit = 0.0
    private(set) var engagement = 0.0
    private(set) var situation = 0.0
    private(set) var negatives = 0.0
    /// Not part of fit or engagement: the first categories, in place ...
    private var first = SIMD16<Double>()
    /// ... and the others, if any.
    private var rest: [Double]

    init(_ categories: [RuleCategory]) {
        let rest = categories.count - SIMD16<Double>.scalarCount
        self.rest = rest > 0 ? Array(repeating: 0, count: rest) : []
    }

    mutating func add(_ points: Double, to group: PointGroup, category: Int?) {
        if let category {
            if category < first.scalarCount {
                first[category] += points
            } else {
                rest[category - first.scalarCount] += points
            }
            return
        }
        switch group {
        case .fit: fit += points
        case .engagement: engagement += points
        case .situation: situation += points
        case .negatives: negatives += points
        }
    }

    /// What a category's rules give, before its cap.
    func points(ofCategory place: Int) -> Double {
        place < first.scalarCount ? first[place] : rest[place - first.scalarCount]
    }

    /// What categories give, each cut to its cap.
    func categorised(_ caps: [Double]) -> Double {
        var sum = 0.0
        for place in caps.indices { sum += min(points(ofCategory: place), caps[place]) }
        return sum
    }
}
