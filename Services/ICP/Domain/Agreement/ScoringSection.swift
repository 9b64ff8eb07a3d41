public import Criteria
public import Kernel

/// How a lead is scored and when it is qualified.
///
/// score = fit_weight x fit + engagement_weight x engagement + situation + negatives, never below the floor.
public struct ScoringSection: Hashable, Sendable {
    public var fit: [PointRule] = []
    public var engagement: [EngagementRule] = []
    public var situation: [PointRule] = []
    public var negatives: [PointRule] = []
    /// Default 0.5, and so is ``engagementWeight``: with both, the two make a score of 0 to 100.
    public var fitWeight = 0.5
    public var engagementWeight = 0.5
    /// Default 0.
    public var floor = 0.0
    public var qualification = Qualification()
    /// Points from which a lead has grade A, B, C. Default 75, 50, 25.
    public var fitGrades = [75.0, 50, 25]
    /// Points from which a lead has grade 1, 2, 3. Default 75, 50, 25.
    public var engagementGrades = [75.0, 50, 25]
    /// Parts that must travel with a handoff. Default: none has to.
    public var contextPacket: [ContextPart] = []

    static let known = [
        "fit", "engagement", "situation", "negatives", "fit_weight", "engagement_weight", "floor", "qualification",
        "fit_grades", "engagement_grades", "context_packet",
    ]

    init() {}

    init(_ reader: SectionReader) {
        let fitParts = reader.parts("fit", known: PointRule.known)
        let engagementParts = reader.parts("engagement", known: EngagementRule.known)
        let situationParts = reader.parts("situation", known: PointRule.known)
        let negativeParts = reader.parts("negatives", known: PointRule.known)
        SectionReader.requireUnique("id", in: fitParts + engagementParts + situationParts + negativeParts)
        fit = fitParts.compactMap { PointRule($0, points: 0...100) }
        engagement = engagementParts.map(EngagementRule.init)
        situation = situationParts.compactMap { PointRule($0, points: -100...100) }
        negatives = negativeParts.compactMap { PointRule($0, points: -100...0) }
        fitWeight = reader.number("fit_weight", in: 0...1) ?? fitWeight
        engagementWeight = reader.number("engagement_weight", in: 0...1) ?? engagementWeight
        floor = reader.number("floor", in: -100...100) ?? floor
        reader.part("qualification", known: Qualification.known).map { qualification = Qualification($0) }
        fitGrades = Self.grades(reader, "fit_grades", default: fitGrades)
        engagementGrades = Self.grades(reader, "engagement_grades", default: engagementGrades)
        contextPacket = reader.choices("context_packet")
    }

    private static func grades(_ reader: SectionReader, _ name: String, default absent: [Double]) -> [Double] {
        guard reader.has(name) else { return absent }
        let grades = reader.numbers(name, in: 0...100)
        guard grades.count == 3, grades[0] > grades[1], grades[1] > grades[2] else {
            reader.fault(name, found: Tree.numbers(grades).summary, expected: "three falling numbers of points")
            return absent
        }
        return grades
    }

    var tree: Tree {
        .fields([
            ("fit", .list(fit.map(\.tree))), ("engagement", .list(engagement.map(\.tree))),
            ("situation", .list(situation.map(\.tree))), ("negatives", .list(negatives.map(\.tree))),
            ("fit_weight", .number(fitWeight)), ("engagement_weight", .number(engagementWeight)),
            ("floor", .number(floor)), ("qualification", qualification.tree), ("fit_grades", .numbers(fitGrades)),
            ("engagement_grades", .numbers(engagementGrades)), ("context_packet", .choices(contextPacket)),
        ])
    }
}

/// Points for a property.
public struct PointRule: Hashable, Sendable {
    public var id: String
    public var points: Double
    public var when: Criteria

    static let known = ["id", "points", "when"]

    /// Nil where there are no readable criteria.
    init?(_ reader: SectionReader, points range: ClosedRange<Double>) {
        id = reader.id()
        points = reader.number("points", in: range, required: true) ?? 1
        if points == 0 { reader.fault("points", found: "0", expected: "points other than 0") }
        guard let when = reader.criteria("when", scope: .lead, required: true) else { return nil }
        self.when = when
    }

    var tree: Tree {
        .fields([("id", .text(id)), ("points", .number(points)), ("when", when.tree)])
    }
}

/// Points for behaviour.
public struct EngagementRule: Hashable, Sendable {
    public var id: String
    /// The kind of engagement.
    public var event: String
    public var points: Double
    /// Over `engagement.*`; nil means every one.
    public var filter: Criteria?
    /// The most it contributes; nil means no cap.
    public var cap: Double?
    public var `repeat`: RepeatPolicy
    public var decay: Decay
    public var category: String

    static let known = [
        "id", "event", "points", "where", "cap", "repeat", "decay", "half_life", "window", "category",
    ]

    init(_ reader: SectionReader) {
        id = reader.id()
        event = reader.id("event")
        points = reader.number("points", in: 0...100, required: true) ?? 1
        if points == 0 { reader.fault("points", found: "0", expected: "points above 0") }
        filter = reader.criteria("where", scope: .engagement)
        cap = reader.number("cap", in: 0...100)
        if let cap, cap < points {
            reader.fault("cap", found: Tree.text(of: cap), expected: "at least the points, \(Tree.text(of: points))")
        }
        `repeat` = reader.choice("repeat", default: .every)
        decay = Decay(reader)
        category = reader.text("category")
    }

    /// The most that it can contribute.
    var most: Double {
        cap ?? (`repeat` == .once ? points : .infinity)
    }

    var tree: Tree {
        .fields([
            ("id", .text(id)), ("event", .text(event)), ("points", .number(points)), ("where", filter?.tree),
            ("cap", .number(cap)), ("repeat", .text(`repeat`.rawValue)), ("decay", .text(decay.kind.rawValue)),
            ("half_life", decay.kind == .exponential ? .span(decay.span) : nil),
            ("window", decay.kind == .linear ? .span(decay.span) : nil), ("category", .text(category)),
        ])
    }
}

/// How often the same kind of engagement counts. Default `every`.
public enum RepeatPolicy: String, Sendable, CaseIterable {
    case every, once
    case oncePerDay = "once_per_day"
}

/// How points fade. Default: not at all.
public struct Decay: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case exponential, linear, none
    }

    public var kind: Kind
    /// Exponential: the half-life. Linear: the time after which nothing is left.
    public var span: TimeSpan?

    init(_ reader: SectionReader) {
        kind = reader.choice("decay", default: .none)
        let names: [Kind: String] = [.exponential: "half_life", .linear: "window"]
        span = names[kind].flatMap { reader.span($0, required: true) }
        for name in ["half_life", "window"] where name != names[kind] && reader.text(name) != "" {
            let wanted = name == "half_life" ? "exponential" : "linear"
            reader.fault(name, found: reader.text(name), expected: "nothing, as decay is not \(wanted)")
        }
    }
}

/// When a lead is an MQL.
public struct Qualification: Hashable, Sendable {
    /// Default 60.
    public var threshold = 60.0
    /// Default 0, and so is ``minimumEngagement``.
    public var minimumFit = 0.0
    public var minimumEngagement = 0.0
    /// Kinds of engagement that qualify a lead at once.
    public var handRaisers: [String] = []
    /// Default 0.
    public var hysteresis = 0.0

    static let known = ["threshold", "minimum_fit", "minimum_engagement", "hand_raisers", "hysteresis"]

    init() {}

    init(_ reader: SectionReader) {
        threshold = reader.number("threshold", in: 0...100) ?? threshold
        minimumFit = reader.number("minimum_fit", in: 0...100) ?? 0
        minimumEngagement = reader.number("minimum_engagement", in: 0...100) ?? 0
        handRaisers = reader.texts("hand_raisers")
        hysteresis = reader.number("hysteresis", in: 0...100) ?? 0
    }

    var tree: Tree {
        .fields([
            ("threshold", .number(threshold)), ("minimum_fit", .number(minimumFit)),
            ("minimum_engagement", .number(minimumEngagement)), ("hand_raisers", .texts(handRaisers)),
            ("hysteresis", .number(hysteresis)),
        ])
    }
}

/// A part of the context packet.
public enum ContextPart: String, Sendable, CaseIterable {
    case contact, firmographics, technographics
    case engagementHistory = "engagement_history"
    case behaviouralSignals = "behavioural_signals"
    case score, touches
}
