import Contracts
import Criteria
import Hosting
import Kernel
import ScoringDomain
import SwiftProtobuf

extension WireLead {
    /// Every fault of the lead's own shape.
    func faults(at index: Int, now: Instant) -> [WireFieldViolation] {
        var check = ItemCheck("leads", index)
        check.id("lead_id", leadID)
        check.length("source", source)
        check.length("channel", channel)
        check.length("campaign", campaign)
        check.length("segment", segment)
        check.length("territory", territory)
        if !motion.isEmpty, !Self.motions.contains(motion) {
            check.fault("motion", found: motion, expected: "one of \(Self.motions.joined(separator: " "))")
        }
        if hasCreatedAt { check.past("created_at", createdAt, now: now) }
        check.person(person)
        check.company(company)
        check.fields("custom", custom)
        if !externalIds.isEmpty { check.externalIDs(externalIds) }
        if hasChangedAt { check.past("changed_at", changedAt, now: now) }
        if !sourceSystem.isEmpty { check.name("source_system", sourceSystem) }
        return check.faults
    }

    /// Custom fields that the agreement does not declare, or of another type; null removes a field.
    func customFaults(at index: Int, _ rules: ScoringRules) -> [WireFieldViolation] {
        guard !custom.isEmpty else { return [] }
        var check = ItemCheck("leads", index)
        for (name, value) in custom.sorted(by: { $0.key < $1.key }) {
            guard let field = rules.catalogue["custom.\(name)"] else {
                check.fault(
                    "custom.\(name)", found: name,
                    expected: "a field that agreement version \(rules.version) declares")
                continue
            }
            if case .nullValue = value.kind { continue }
            if FieldValue(value)?.fitted(to: field.type) == nil {
                check.fault(
                    "custom.\(name)", found: (try? value.jsonString()) ?? "a value", expected: field.type.rawValue)
            }
        }
        return check.faults
    }

    private static let motions = ["inbound", "outbound", "account_based"]
}

extension WireEngagement {
    /// Every fault of the engagement's own shape.
    func faults(at index: Int, now: Instant) -> [WireFieldViolation] {
        var check = ItemCheck("engagements", index)
        check.id("engagement_id", engagementID)
        check.id("lead_id", leadID)
        check.name("kind", kind)
        check.length("channel", channel)
        check.length("campaign", campaign)
        check.length("content_id", contentID)
        check.fields("attributes", attributes)
        if hasOccurredAt {
            check.past("occurred_at", occurredAt, now: now)
        } else {
            check.fault("occurred_at", found: "nothing", expected: "when it happened")
        }
        return check.faults
    }
}

extension ItemCheck {
    fileprivate mutating func externalIDs(_ ids: [WireExternalId]) {
        if ids.count > 20 { fault("external_ids", found: "\(ids.count) ids", expected: "at most 20") }
        for (place, id) in ids.prefix(20).enumerated() {
            self.id("external_ids[\(place)].source", id.source)
            self.id("external_ids[\(place)].id", id.id)
            if id.source.contains(":") {
                fault("external_ids[\(place)].source", found: id.source, expected: "a name without colons")
            }
        }
    }

    fileprivate mutating func person(_ person: WirePerson) {
        length("person.name", person.name)
        length("person.phone", person.phone)
        length("person.title", person.title)
        length("person.seniority", person.seniority)
        length("person.department", person.department)
        length("person.country", person.country)
        length("person.language", person.language)
        if !person.email.isEmpty, !Self.isEmail(person.email) {
            fault("person.email", found: person.email, expected: "an address such as ana@example.com")
        }
    }

    fileprivate mutating func company(_ company: WireCompany) {
        length("company.name", company.name)
        length("company.domain", company.domain)
        length("company.industry", company.industry)
        length("company.country", company.country)
        length("company.region", company.region)
        length("company.city", company.city)
        length("company.account_id", company.accountID, atMost: 200)
        if company.hasEmployees, company.employees < 0 {
            fault("company.employees", found: "\(company.employees)", expected: "0 or more")
        }
        if company.hasAnnualRevenue { revenue(company.annualRevenue) }
        entries("company.technologies", company.technologies)
        entries("company.signals", company.signals)
    }

    private mutating func revenue(_ money: WireMoney) {
        if money.minorUnits < 0 {
            fault("company.annual_revenue.minor_units", found: "\(money.minorUnits)", expected: "0 or more")
        }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        if money.currency.utf8.count != 3 || !money.currency.utf8.allSatisfy(letters.contains) {
            fault(
                "company.annual_revenue.currency", found: money.currency.isEmpty ? "nothing" : money.currency,
                expected: "an ISO 4217 code such as USD")
        }
    }

    /// The shape alone: one `@`, something before it, a domain with a dot inside behind it, no blanks.
    private static func isEmail(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 254, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
            let at = bytes.firstIndex(of: UInt8(ascii: "@")), at != bytes.startIndex
        else { return false }
        var dots = 0
        var previous = UInt8(ascii: ".")
        for byte in bytes[bytes.index(after: at)...] {
            if byte == UInt8(ascii: "@") { return false }
            if byte == UInt8(ascii: ".") {
                if previous == byte { return false }
                dots += 1
            }
            previous = byte
        }
        return dots >= 1 && previous != UInt8(ascii: ".")
    }
}
