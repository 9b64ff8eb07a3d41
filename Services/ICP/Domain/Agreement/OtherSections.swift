public import Kernel

/// How credit is shared.
public struct AttributionSection: Hashable, Sendable {
    public enum Model: String, Sendable, CaseIterable {
        case first, last, linear
    }

    /// Default `linear`.
    public var model = Model.linear
    /// How far back a touch counts; default 90 days.
    public var window = TimeSpan.days(90)

    static let known = ["model", "window"]

    init() {}

    init(_ reader: SectionReader) {
        model = reader.choice("model", default: .linear)
        window = reader.span("window") ?? window
    }

    var tree: Tree {
        .fields([("model", .text(model.rawValue)), ("window", .span(window))])
    }
}

/// What both sides aim for.
public struct TargetsSection: Hashable, Sendable {
    /// Share of handoffs that sales accepts; default 0.7.
    public var acceptanceRate = 0.7
    public var mqlToSql: Double?
    public var revenuePerQuarter: Money?

    static let known = ["acceptance_rate", "mql_to_sql", "revenue_per_quarter"]

    init() {}

    init(_ reader: SectionReader) {
        acceptanceRate = reader.number("acceptance_rate", in: 0...1) ?? acceptanceRate
        mqlToSql = reader.number("mql_to_sql", in: 0...1)
        if let part = reader.part("revenue_per_quarter", known: ["minor_units", "currency"]),
            let minorUnits = part.wholeNumber("minor_units")
        {
            revenuePerQuarter = Money(minorUnits: minorUnits, currency: part.text("currency", required: true))
        }
    }

    var tree: Tree {
        .fields([
            ("acceptance_rate", .number(acceptanceRate)), ("mql_to_sql", .number(mqlToSql)),
            (
                "revenue_per_quarter",
                revenuePerQuarter.map {
                    .fields([
                        ("minor_units", .number(Double($0.minorUnits))), ("currency", .text($0.currency)),
                    ])
                }
            ),
        ])
    }
}

/// How often each section is looked at again.
public struct ReviewsSection: Hashable, Sendable {
    /// Default 90 days.
    public var interval = TimeSpan.days(90)
    /// By section, where it differs.
    public var intervals: [String: TimeSpan] = [:]

    static let known = ["interval", "intervals"]
    static let sections = ["icp", "stages", "scoring", "routing", "sla", "attribution", "targets", "content"]

    init() {}

    init(_ reader: SectionReader) {
        interval = reader.span("interval") ?? interval
        guard let part = reader.part("intervals", known: Self.sections) else { return }
        for section in Self.sections { intervals[section] = part.span(section) }
    }

    var tree: Tree {
        let entries = Self.sections.compactMap { section in
            intervals[section].map { Tree.Entry(section, .text($0.text)) }
        }
        return .fields([("interval", .span(interval)), ("intervals", .map(entries))])
    }
}
