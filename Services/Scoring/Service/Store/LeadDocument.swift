import Contracts
import Criteria
import Hosting
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// The stored bytes of accord.scoring.v1.Lead, of which as much is read as is asked for: to make the message would take
/// longer than to judge the lead.
struct LeadDocument: Sendable {
    let bytes: [UInt8]
}

extension FieldRecord {
    /// A stored lead as criteria see it: the fields that some rule reads.
    ///
    /// - Throws: ``StoredLeadError`` where the bytes are no message.
    init(_ document: LeadDocument, _ rules: ScoringRules) throws {
        self.init(rules.catalogue)
        var createdAt = Instant(seconds: 0, nanos: 0)
        try document.bytes.withUnsafeBytes { bytes in
            var fields = MessageFields(bytes)
            while let (number, bytes) = try fields.next() {
                switch number {
                case 2: try setPerson(bytes, rules)
                case 3: try setCompany(bytes, rules)
                case 10: createdAt = try Instant(message: bytes)
                case 11: try setCustom(bytes, rules)
                default: set(LeadFields.leadSlots, number, bytes, rules)
                }
            }
        }
        if rules.reads(slot: LeadFields.createdAt) { self[slot: LeadFields.createdAt] = .date(createdAt) }
    }

    private mutating func set(
        _ slots: [Int?], _ number: Int, _ text: UnsafeRawBufferPointer, _ rules: ScoringRules
    ) {
        guard slots.indices.contains(number), let slot = slots[number], rules.reads(slot: slot) else { return }
        self[slot: slot] = .text(String(decoding: text, as: UTF8.self))
    }

    private mutating func setPerson(_ person: UnsafeRawBufferPointer, _ rules: ScoringRules) throws {
        var fields = MessageFields(person)
        while let (number, text) = try fields.next() { set(LeadFields.personSlots, number, text, rules) }
    }

    private mutating func setCompany(_ company: UnsafeRawBufferPointer, _ rules: ScoringRules) throws {
        var (technologies, signals): ([FieldValue], [FieldValue]) = ([], [])
        var fields = MessageFields(company)
        while let (number, value) = try fields.nextValue() {
            switch (number, value) {
            case (5, .integer(let employees)) where rules.reads(slot: LeadFields.employees):
                self[slot: LeadFields.employees] = .number(Double(Int64(bitPattern: employees)))
            case (6, .bytes(let bytes)) where rules.reads(slot: LeadFields.annualRevenue):
                let revenue = try Money(message: bytes)
                if revenue.currency == rules.currency { self[slot: LeadFields.annualRevenue] = .number(revenue.major) }
            case (10, .bytes(let text)): technologies.append(.text(String(decoding: text, as: UTF8.self)))
            case (11, .bytes(let text)): signals.append(.text(String(decoding: text, as: UTF8.self)))
            case (_, .bytes(let text)): set(LeadFields.companySlots, number, text, rules)
            default: break
            }
        }
        for (slot, list) in [(LeadFields.technologies, technologies), (LeadFields.signals, signals)]
        where !list.isEmpty && rules.reads(slot: slot) {
            self[slot: slot] = .list(list)
        }
    }

    private mutating func setCustom(_ entry: UnsafeRawBufferPointer, _ rules: ScoringRules) throws {
        var (name, value) = ("", UnsafeRawBufferPointer(start: nil, count: 0))
        var fields = MessageFields(entry)
        while let (number, bytes) = try fields.next() {
            if number == 1 { name = String(decoding: bytes, as: UTF8.self) } else if number == 2 { value = bytes }
        }
        guard let slot = rules.catalogue["custom.\(name)"]?.slot, rules.reads(slot: slot) else { return }
        self[slot: slot] = try FieldValue(message: value)
    }
}

extension Instant {
    /// google.protobuf.Timestamp.
    fileprivate init(message: UnsafeRawBufferPointer) throws {
        var (seconds, nanos): (Int64, Int32) = (0, 0)
        var fields = MessageFields(message)
        while let (number, value) = try fields.nextValue() {
            guard case .integer(let integer) = value else { continue }
            if number == 1 { seconds = Int64(bitPattern: integer) }
            if number == 2 { nanos = Int32(truncatingIfNeeded: integer) }
        }
        self.init(Google_Protobuf_Timestamp(seconds: seconds, nanos: nanos))
    }
}

extension Money {
    /// accord.common.v1.Money.
    fileprivate init(message: UnsafeRawBufferPointer) throws {
        var (minorUnits, currency) = (Int64(0), "")
        var fields = MessageFields(message)
        while let (number, value) = try fields.nextValue() {
            switch (number, value) {
            case (1, .integer(let integer)): minorUnits = Int64(bitPattern: integer)
            case (2, .bytes(let text)): currency = String(decoding: text, as: UTF8.self)
            default: break
            }
        }
        self.init(minorUnits: minorUnits, currency: currency)
    }
}

extension FieldValue {
    /// google.protobuf.Value: most hold a number, a text or a truth value.
    fileprivate init?(message: UnsafeRawBufferPointer) throws {
        var fields = MessageFields(message)
        switch try fields.nextValue() {
        case (2, .fraction(let number))?: self = .number(number)
        case (3, .bytes(let text))?: self = .text(String(decoding: text, as: UTF8.self))
        case (4, .integer(let truth))?: self = .boolean(truth != 0)
        default: self.init(try Google_Protobuf_Value(serializedBytes: Array(message)))
        }
    }
}

extension MessageBytes {
    /// accord.scoring.v1.LeadFacts, as `WireLeadFacts(_:tier:)` makes them, of a stored lead.
    ///
    /// - Throws: ``StoredLeadError`` where the bytes are no message.
    mutating func addFacts(of document: LeadDocument, tier: String) throws {
        try document.bytes.withUnsafeBytes { bytes in
            let facts = try LeadFactTexts(bytes)
            for number in LeadFactTexts.numbers {
                if number == LeadFactTexts.tier { add(number, tier) } else { add(number, text: facts[number]) }
            }
            add(LeadFactTexts.createdAt, message: facts.createdAt)
        }
    }
}

/// What of a stored lead travels with every event about it, by the numbers of accord.scoring.v1.LeadFacts.
private struct LeadFactTexts {
    static let numbers = 1...13
    static let tier = 9
    static let createdAt = 14
    private static let country = 13
    /// By the number in Lead, in its company and in its person; 0 where it does not travel.
    private static let ofLead = [0, 1, 0, 0, 5, 6, 7, 10, 8, 11]
    private static let ofCompany = [0, 2, 3, 4, 12, 0, 0, 13]
    private static let countryOfPerson = 7

    private var texts = InlineArray<14, UnsafeRawBufferPointer>(
        repeating: UnsafeRawBufferPointer(start: nil, count: 0))
    private(set) var createdAt = UnsafeRawBufferPointer(start: nil, count: 0)

    init(_ lead: UnsafeRawBufferPointer) throws {
        var personCountry = UnsafeRawBufferPointer(start: nil, count: 0)
        var fields = MessageFields(lead)
        while let (number, bytes) = try fields.next() {
            switch number {
            case 2:
                var person = MessageFields(bytes)
                while let (number, text) = try person.next() {
                    if number == Self.countryOfPerson { personCountry = text }
                }
            case 3:
                var company = MessageFields(bytes)
                while let (number, text) = try company.next() { set(Self.ofCompany, number, text) }
            case 10: createdAt = bytes
            default: set(Self.ofLead, number, bytes)
            }
        }
        if texts[Self.country].isEmpty { texts[Self.country] = personCountry }
    }

    subscript(number: Int) -> UnsafeRawBufferPointer { texts[number] }

    private mutating func set(_ numbers: [Int], _ number: Int, _ text: UnsafeRawBufferPointer) {
        guard numbers.indices.contains(number), numbers[number] > 0 else { return }
        texts[numbers[number]] = text
    }
}
