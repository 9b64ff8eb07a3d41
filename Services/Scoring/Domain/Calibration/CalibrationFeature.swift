import Criteria
import Statistics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a model sees of a lead: one column.
public enum CalibrationFeature: Hashable, Sendable {
    /// A rule's reading, by its place; unknown counts as 0.
    case rule(Int, id: String)
    case ruleUnknown(Int, id: String)
    /// A field that has a value, or a list that has an entry; in lower case.
    case value(field: String, String)
    /// Amounts of people and money by their logarithm.
    case number(field: String, byLogarithm: Bool)
    case missing(field: String)

    public var text: String {
        switch self {
        case .rule(_, let id): "rule \(id)"
        case .ruleUnknown(_, let id): "rule \(id) is unknown"
        case .value(let field, let value): "\(field) = \(value)"
        case .number(let field, let byLogarithm): byLogarithm ? "log(1 + \(field))" : field
        case .missing(let field): "\(field) is missing"
        }
    }

    /// Nil where a number is missing: it then counts as the mean, beside the column that says so.
    func reading(_ lead: CalibrationLead) -> Double? {
        switch self {
        case .rule(let place, _): lead.readings[place] ?? 0
        case .ruleUnknown(let place, _): lead.readings[place] == nil ? 1 : 0
        case .value(let field, let value): lead.record[field]?.categories.contains(value) == true ? 1 : 0
        case .missing(let field): lead.record[field] == nil ? 1 : 0
        case .number(let field, let byLogarithm):
            if case .number(let number) = lead.record[field] {
                byLogarithm ? log1p(max(number, 0)) : number
            } else {
                nil
            }
        }
    }

    var isNumber: Bool {
        if case .number = self { true } else { false }
    }

    /// Where there are too many features, those of the highest go first; rules stay.
    fileprivate var rank: Int {
        switch self {
        case .rule: 0
        case .number: 1
        case .ruleUnknown, .value, .missing: 2
        }
    }
}

extension FieldValue {
    /// What it is one of: texts are compared without regard to case.
    var categories: [String] {
        switch self {
        case .list(let entries): Array(Set(entries.map { $0.text.lowercased() })).sorted()
        default: [text.lowercased()]
        }
    }
}

/// The columns of a model, found in its training set, and how they are scaled.
///
/// Texts, truth values and entries of lists become a column each (those that enough leads have); numbers stay numbers,
/// with a column for where they are missing. Every column is divided by its standard deviation over the training set,
/// so that the penalty treats them alike; numbers are centred too, so that a missing one counts as the mean.
struct FeatureSpace: Sendable {
    struct Column: Sendable {
        let feature: CalibrationFeature
        let centre: Double
        let scale: Double
        /// Leads of the training set in which it is not zero.
        let support: Int
    }

    let columns: [Column]
    /// Whether there were more features than fit.
    let isCut: Bool
    /// Columns of values by field and value, to find a lead's without asking each.
    private let places: [CalibrationFeature: Int]
    private let listed: [Int]
    private let fields: [String]

    /// - Parameters:
    ///   - passedOver: places of rules that are not looked at.
    ///   - fields: besides the rules.
    init(
        _ leads: [CalibrationLead], rules: [CalibratedRule], without passedOver: Set<Int>,
        fields: [FieldCatalogue.Field]
    ) {
        var features: [CalibrationFeature] = []
        for (place, rule) in rules.enumerated() where !passedOver.contains(place) {
            features += [CalibrationFeature.rule(place, id: rule.id), .ruleUnknown(place, id: rule.id)]
        }
        features += fields.flatMap(Self.features)
        let columns =
            features.compactMap { Self.column($0, leads) } + fields.flatMap { Self.values(of: $0, leads) }
        let ranks = columns.map(\.feature.rank)
        let order = columns.indices.sorted {
            (ranks[$0], columns[$1].support, $0) < (ranks[$1], columns[$0].support, $1)
        }
        let most = max(CalibrationSettings.featuresAtMost, ranks.count { $0 == 0 })
        isCut = columns.count > most
        let chosen = order.prefix(most).sorted().map { columns[$0] }
        self.columns = chosen
        self.fields = fields.map(\.name)
        places = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1.feature, $0) })
        listed = chosen.indices.filter {
            if case .value = chosen[$0].feature { false } else { true }
        }
    }

    /// Besides the values.
    private static func features(of field: FieldCatalogue.Field) -> [CalibrationFeature] {
        let isAmount = ["company.employees", "company.annual_revenue"].contains(field.name)
        let missing = CalibrationFeature.missing(field: field.name)
        return field.type == .number ? [.number(field: field.name, byLogarithm: isAmount), missing] : [missing]
    }

    private static func values(of field: FieldCatalogue.Field, _ leads: [CalibrationLead]) -> [Column] {
        guard field.type != .number else { return [] }
        var counts: [String: Int] = [:]
        for lead in leads {
            for value in lead.record[field.name]?.categories ?? [] { counts[value, default: 0] += 1 }
        }
        let frequent = counts.filter { $0.value >= CalibrationSettings.minimumSupport && $0.value < leads.count }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(CalibrationSettings.valuesAtMost)
        return frequent.map { value, count in
            let share = Double(count) / Double(leads.count)
            return Column(
                feature: .value(field: field.name, value), centre: 0, scale: (share * (1 - share)).squareRoot(),
                support: count)
        }
    }

    /// Nil where it is the same for all leads.
    private static func column(_ feature: CalibrationFeature, _ leads: [CalibrationLead]) -> Column? {
        let readings = leads.map(feature.reading)
        let known = readings.compactMap(\.self)
        guard let mean = Summary.mean(known) else { return nil }
        let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        // A missing number counts as the mean, which adds nothing.
        let deviation = (squares / Double(leads.count)).squareRoot()
        guard deviation > 1e-12 * max(1, abs(mean)) else { return nil }
        return Column(
            feature: feature, centre: feature.isNumber ? mean : 0, scale: deviation,
            support: known.count { $0 != 0 })
    }

    func row(_ lead: CalibrationLead) -> SparseRow {
        var row: SparseRow = []
        func add(_ place: Int) {
            let column = columns[place]
            guard let reading = column.feature.reading(lead), reading != column.centre else { return }
            row.append((place, (reading - column.centre) / column.scale))
        }
        for place in listed { add(place) }
        for field in fields {
            for value in lead.record[field]?.categories ?? [] {
                if let place = places[.value(field: field, value)] { add(place) }
            }
        }
        return row.sorted { $0.column < $1.column }
    }

    func rows(_ leads: [CalibrationLead]) -> SparseRows {
        SparseRows(columns: columns.count, rows: leads.map(row))
    }
}
