/// The type of a field.
public enum FieldType: String, Sendable, CaseIterable {
    case text, number, boolean, date, list

    /// What its values may be compared by.
    public var operators: [CriteriaOperator] { FieldTestCompiler.operators(of: self) }
}

/// The fields that criteria may name, each with its type and its place in a ``FieldRecord``.
public struct FieldCatalogue: Sendable {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let type: FieldType
        public let slot: Int
    }

    public private(set) var fields: [Field] = []
    private var byName: [String: Int] = [:]

    /// The standard fields, and `custom.<name>` for each custom one.
    public init(custom: [(name: String, type: FieldType)] = []) {
        for (name, type) in Self.standardFields + custom.map({ ("custom.\($0.name)", $0.type) })
        where byName[name] == nil {
            byName[name] = fields.count
            fields.append(Field(name: name, type: type, slot: fields.count))
        }
    }

    public subscript(name: String) -> Field? {
        byName[name].map { fields[$0] }
    }

    /// The place of a standard field, which is the same in every catalogue.
    ///
    /// - Precondition: there is such a field.
    public static func standardSlot(_ name: String) -> Int {
        guard let slot = standardFields.firstIndex(where: { $0.0 == name }) else {
            preconditionFailure("\(name) is no standard field")
        }
        return slot
    }

    static let standardFields: [(String, FieldType)] = [
        ("company.name", .text), ("company.domain", .text), ("company.industry", .text), ("company.employees", .number),
        // In major units of the agreement's currency.
        ("company.annual_revenue", .number),
        ("company.country", .text), ("company.region", .text), ("company.city", .text),
        ("company.technologies", .list), ("company.signals", .list),
        ("company.ownership", .text), ("company.founded_year", .number), ("company.open_positions", .number),
        ("company.last_funding_at", .date),
        ("person.name", .text), ("person.email", .text), ("person.phone", .text), ("person.title", .text),
        ("person.seniority", .text), ("person.department", .text), ("person.country", .text),
        ("person.language", .text),
        ("lead.source", .text), ("lead.channel", .text), ("lead.campaign", .text), ("lead.motion", .text),
        ("lead.segment", .text), ("lead.territory", .text), ("lead.created_at", .date), ("lead.score", .number),
        ("lead.grade", .text), ("lead.tier", .text),
        ("account.id", .text), ("account.tier", .text), ("account.parent_id", .text),
        // Ids of the target lists in force that name the account.
        ("account.target_lists", .list),
        ("engagement.kind", .text), ("engagement.channel", .text), ("engagement.campaign", .text),
        ("engagement.content_id", .text), ("engagement.occurred_at", .date),
    ]
}
