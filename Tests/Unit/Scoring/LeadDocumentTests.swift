import Contracts
import Criteria
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf
import Testing

@testable import ScoringService

/// What is read from the bytes of a stored lead is what its message says.
@Suite struct LeadDocumentTests {
    private static let catalogue = FieldCatalogue(custom: [
        ("size", .number), ("segment", .text), ("confirmed", .boolean), ("tags", .list), ("none", .text),
    ])
    /// That a rule of leads may read.
    private static let names = catalogue.fields.map(\.name).filter { (try? rule(reading: $0)) != nil }

    private static func rule(reading name: String) throws -> PointRule {
        try PointRule(
            id: name, points: 1, when: .leaf(Criteria.Leaf(field: name, op: .exists)), catalogue: catalogue)
    }

    private static func rules(reading names: [String]) throws -> ScoringRules {
        ScoringRules(version: 1, currency: "EUR", catalogue: catalogue, fit: try names.map(rule))
    }

    private static func lead(_ random: inout SeededRandom) -> WireLead {
        let texts = ["a", "Caf\u{E9}", "two words", String(repeating: "long", count: 50), " "]
        func text() -> String { Bool.random(using: &random) ? texts.randomElement(using: &random) ?? "" : "" }
        var lead = WireLead()
        lead.leadID = "lead-\(Int.random(in: 0..<1_000, using: &random))"
        (lead.source, lead.channel, lead.campaign) = (text(), text(), text())
        (lead.motion, lead.segment, lead.territory) = (text(), text(), text())
        if Bool.random(using: &random) {
            lead.createdAt = Instant(microseconds: .random(in: -1_000_000_000...2_000_000_000, using: &random)).wire
        }
        if Bool.random(using: &random) {
            let (name, email, phone, title) = (text(), text(), text(), text())
            let (seniority, department, country, language) = (text(), text(), text(), text())
            lead.person = .with {
                ($0.name, $0.email, $0.phone, $0.title) = (name, email, phone, title)
                ($0.seniority, $0.department, $0.country, $0.language) = (seniority, department, country, language)
            }
        }
        if Bool.random(using: &random) {
            var company = WireCompany()
            (company.accountID, company.name, company.domain) = (text(), text(), text())
            (company.industry, company.country, company.region, company.city) = (text(), text(), text(), text())
            if Bool.random(using: &random) { company.employees = .random(in: -3...4_000, using: &random) }
            if Bool.random(using: &random) {
                company.annualRevenue.minorUnits = .random(in: -10...10_000_000_000, using: &random)
                company.annualRevenue.currency = Bool.random(using: &random) ? "EUR" : "USD"
            }
            company.technologies = (0..<Int.random(in: 0..<3, using: &random)).map { _ in text() }
            company.signals = (0..<Int.random(in: 0..<3, using: &random)).map { _ in text() }
            lead.company = company
        }
        let values: [Google_Protobuf_Value] = [
            12.5, 0, "", "text", true, false, .with { $0.nullValue = .nullValue },
            Google_Protobuf_Value(listValue: .with { $0.values = ["a", "b"] }),
            Google_Protobuf_Value(structValue: .with { $0.fields["a"] = 1 }), Google_Protobuf_Value(),
        ]
        for name in ["size", "segment", "confirmed", "tags", "unknown"] where Bool.random(using: &random) {
            lead.custom[name] = values.randomElement(using: &random)
        }
        return lead
    }

    @Test(arguments: UInt64(1)...4)
    func `rules see the same fields, and events tell the same facts`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let names = Self.names
        #expect(names.count > 30)
        let some = names.filter { _ in Bool.random(using: &random) }
        for rules in try [Self.rules(reading: names), Self.rules(reading: some), Self.rules(reading: [])] {
            for _ in 0..<100 {
                let lead = Self.lead(&random)
                let document = LeadDocument(bytes: try lead.storedBytes())
                let (known, read) = (FieldRecord(lead, rules), try FieldRecord(document, rules))
                for name in names { #expect(read[name] == known[name], "seed \(seed), \(name) of \(lead)") }
                for tier in ["", "A"] {
                    var facts = MessageBytes(capacity: 0)
                    try facts.addFacts(of: document, tier: tier)
                    let bytes = try WireLeadFacts(lead, tier: tier).storedBytes()
                    #expect(facts.bytes == bytes, "seed \(seed), \(lead)")
                }
            }
        }
    }

    @Test func `bytes that are no lead are refused`() throws {
        let rules = try Self.rules(reading: ["company.name"])
        for bytes: [UInt8] in [[0x0A], [0x1A, 2, 0x12, 9], [0x12, 1, 0x0A], [0x5A, 1, 0x0A]] {
            #expect(throws: StoredLeadError.self) { try FieldRecord(LeadDocument(bytes: bytes), rules) }
        }
        var facts = MessageBytes(capacity: 0)
        #expect(throws: StoredLeadError.self) {
            try facts.addFacts(of: LeadDocument(bytes: [0x1A, 2, 0x12, 9]), tier: "")
        }
    }
}
