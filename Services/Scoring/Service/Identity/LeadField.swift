import Contracts
import Kernel
import SwiftProtobuf

/// A field of a lead that is written and followed by itself, named as in criteria.
///
/// A blank one is `.none`, never the literal `nil`, which is also a value: that of JSON.
struct LeadField: Sendable {
    let name: String
    /// Nil where it is blank.
    let read: @Sendable (WireLead) -> Google_Protobuf_Value?
    let write: @Sendable (inout WireLead, Google_Protobuf_Value?) -> Void

    /// Every field that is not one of the agreement's own.
    static let standard: [LeadField] =
        [
            text("lead.source", \.source), text("lead.channel", \.channel), text("lead.campaign", \.campaign), motion,
            text("lead.segment", \.segment), text("lead.territory", \.territory), createdAt,
            text("person.name", \.person.name), email, text("person.phone", \.person.phone),
            text("person.title", \.person.title), text("person.seniority", \.person.seniority),
            text("person.department", \.person.department), text("person.country", \.person.country),
            text("person.language", \.person.language), text("account.id", \.company.accountID),
            text("company.name", \.company.name), text("company.domain", \.company.domain),
            text("company.industry", \.company.industry), text("company.country", \.company.country),
            text("company.region", \.company.region), text("company.city", \.company.city),
            list("company.technologies", \.company.technologies), list("company.signals", \.company.signals),
            employees, annualRevenue,
        ]

    static let motion = text("lead.motion", \.motion)
    static let email = text("person.email", \.person.email)

    static let createdAt = LeadField(
        name: "lead.created_at",
        read: { $0.hasCreatedAt ? .some(Google_Protobuf_Value(stringValue: Instant($0.createdAt).text)) : .none },
        write: { lead, value in
            if let moment = value.flatMap({ Instant(text: $0.stringValue) }) { lead.createdAt = moment.wire }
        })

    /// One that the agreement declares.
    static func custom(_ key: String) -> LeadField {
        LeadField(
            name: "custom.\(key)",
            read: { $0.custom[key] },
            write: { $0.custom[key] = $1 })
    }

    /// The standard ones and those of its own.
    static func all(of lead: WireLead) -> [LeadField] { standard + lead.custom.keys.sorted().map(custom) }

    /// Nil where there is no field of that name.
    static func named(_ name: String) -> LeadField? {
        if let known = byName[name] { return known }
        return name.hasPrefix("custom.") ? custom(String(name.dropFirst(7))) : nil
    }

    /// What an upsert says: blank fields say nothing, a custom field that is null is removed.
    static func carried(by update: WireLead) -> [(field: LeadField, value: Google_Protobuf_Value?)] {
        var carried: [(field: LeadField, value: Google_Protobuf_Value?)] = []
        for field in standard {
            if let value = field.read(update) { carried.append((field, value)) }
        }
        for (key, value) in update.custom.sorted(by: { $0.key < $1.key }) {
            carried.append((custom(key), value.isNull ? .none : .some(value)))
        }
        return carried
    }

    private static let byName = Dictionary(uniqueKeysWithValues: standard.map { ($0.name, $0) })

    private static func text(_ name: String, _ path: any WritableKeyPath<WireLead, String> & Sendable) -> LeadField {
        LeadField(
            name: name,
            read: { lead in
                let text = lead[keyPath: path]
                return text.isEmpty ? .none : .some(Google_Protobuf_Value(stringValue: text))
            },
            write: { $0[keyPath: path] = $1?.stringValue ?? "" })
    }

    private static func list(_ name: String, _ path: any WritableKeyPath<WireLead, [String]> & Sendable) -> LeadField {
        LeadField(
            name: name,
            read: { lead in
                let texts = lead[keyPath: path]
                guard !texts.isEmpty else { return .none }
                return .with { $0.listValue.values = texts.map { Google_Protobuf_Value(stringValue: $0) } }
            },
            write: { $0[keyPath: path] = $1?.listValue.values.map(\.stringValue) ?? [] })
    }

    private static let employees = LeadField(
        name: "company.employees",
        read: {
            $0.company.hasEmployees ? .some(Google_Protobuf_Value(stringValue: "\($0.company.employees)")) : .none
        },
        write: { lead, value in
            if let count = value.flatMap({ Int64($0.stringValue) }) {
                lead.company.employees = count
            } else {
                lead.company.clearEmployees()
            }
        })

    /// Such as `2500000 EUR`, in minor units.
    private static let annualRevenue = LeadField(
        name: "company.annual_revenue",
        read: { lead in
            guard lead.company.hasAnnualRevenue else { return .none }
            let money = lead.company.annualRevenue
            return Google_Protobuf_Value(stringValue: "\(money.minorUnits) \(money.currency)")
        },
        write: { lead, value in
            let words = value?.stringValue.split(separator: " ") ?? []
            guard words.count == 2, let units = Int64(words[0]) else { return lead.company.clearAnnualRevenue() }
            lead.company.annualRevenue = .with {
                $0.minorUnits = units
                $0.currency = String(words[1])
            }
        })
}

extension Google_Protobuf_Value {
    var isNull: Bool {
        if case .nullValue = kind { true } else { false }
    }
}
