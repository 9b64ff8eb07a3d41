package import Contracts
package import Criteria
import Hosting
import Kernel
package import ScoringDomain

extension FieldRecord {
    /// A lead as criteria see it: the fields that some rule reads. Annual revenue in a currency other than the
    /// agreement's is unknown.
    ///
    /// - Parameters:
    ///   - other: rules of the same fields and currency, which read it too.
    ///   - everyField: also those that no rule reads.
    package init(_ lead: WireLead, _ rules: ScoringRules, and other: ScoringRules? = nil, everyField: Bool = false) {
        self.init(rules.catalogue)
        let reads: (Int) -> Bool = { everyField || rules.reads(slot: $0) || other?.reads(slot: $0) ?? false }
        let (person, company) = (lead.person, lead.company)
        set(LeadFields.company, of: company, where: reads)
        set(LeadFields.person, of: person, where: reads)
        set(LeadFields.lead, of: lead, where: reads)
        if company.hasEmployees, reads(LeadFields.employees) {
            self[slot: LeadFields.employees] = .number(Double(company.employees))
        }
        if company.hasAnnualRevenue, company.annualRevenue.currency == rules.currency, reads(LeadFields.annualRevenue) {
            self[slot: LeadFields.annualRevenue] = .number(Money(company.annualRevenue).major)
        }
        if !company.technologies.isEmpty, reads(LeadFields.technologies) {
            self[slot: LeadFields.technologies] = .list(company.technologies.map(FieldValue.text))
        }
        if !company.signals.isEmpty, reads(LeadFields.signals) {
            self[slot: LeadFields.signals] = .list(company.signals.map(FieldValue.text))
        }
        if reads(LeadFields.createdAt) { self[slot: LeadFields.createdAt] = .date(Instant(lead.createdAt)) }
        for (name, value) in lead.custom {
            guard let slot = rules.catalogue["custom.\(name)"]?.slot, reads(slot) else { continue }
            self[slot: slot] = FieldValue(value)
        }
    }

    private mutating func set<Part>(
        _ fields: [LeadFields.Text<Part>], of part: Part, where reads: (Int) -> Bool
    ) {
        for field in fields where reads(field.slot) {
            let text = field.read(part)
            if !text.isEmpty { self[slot: field.slot] = .text(text) }
        }
    }
}

/// Where the standard fields of a lead stand in every catalogue, and where their text comes from.
enum LeadFields {
    struct Text<Part>: Sendable {
        let slot: Int
        /// In the part's message.
        let number: Int
        let read: @Sendable (Part) -> String

        init(_ name: String, _ number: Int, _ read: @escaping @Sendable (Part) -> String) {
            slot = LeadFields.slot(name)
            self.number = number
            self.read = read
        }
    }

    static let company: [Text<WireCompany>] = [
        Text("company.name", 2) { $0.name }, Text("company.domain", 3) { $0.domain },
        Text("company.industry", 4) { $0.industry }, Text("company.country", 7) { $0.country },
        Text("company.region", 8) { $0.region }, Text("company.city", 9) { $0.city },
        Text("account.id", 1) { $0.accountID },
    ]
    static let person: [Text<WirePerson>] = [
        Text("person.name", 1) { $0.name }, Text("person.email", 2) { $0.email }, Text("person.phone", 3) { $0.phone },
        Text("person.title", 4) { $0.title }, Text("person.seniority", 5) { $0.seniority },
        Text("person.department", 6) { $0.department }, Text("person.country", 7) { $0.country },
        Text("person.language", 8) { $0.language },
    ]
    static let lead: [Text<WireLead>] = [
        Text("lead.source", 4) { $0.source }, Text("lead.channel", 5) { $0.channel },
        Text("lead.campaign", 6) { $0.campaign }, Text("lead.motion", 7) { $0.motion },
        Text("lead.segment", 8) { $0.segment }, Text("lead.territory", 9) { $0.territory },
    ]
    /// By number.
    static let companySlots = slots(company)
    static let personSlots = slots(person)
    static let leadSlots = slots(lead)
    static let employees = slot("company.employees")
    static let annualRevenue = slot("company.annual_revenue")
    static let technologies = slot("company.technologies")
    static let signals = slot("company.signals")
    static let createdAt = slot("lead.created_at")

    private static func slot(_ name: String) -> Int { FieldCatalogue.standardSlot(name) }

    private static func slots<Part>(_ texts: [Text<Part>]) -> [Int?] {
        var slots = [Int?](repeating: nil, count: 1 + (texts.map(\.number).max() ?? 0))
        for text in texts { slots[text.number] = text.slot }
        return slots
    }
}

extension BehaviourFact {
    /// An engagement as rules see it: the fields that some rule reads.
    package init(_ engagement: WireEngagement, _ rules: ScoringRules) {
        let occurredAt = Instant(engagement.occurredAt)
        self.init(
            kind: engagement.kind, occurredAt: occurredAt,
            record: EngagementFields { rules.reads(slot: $0) }.record(engagement, rules.catalogue, at: occurredAt))
    }
}

/// The fields of an engagement that some rule reads, and where they stand in every catalogue.
struct EngagementFields: Sendable {
    private static let kind = slot("engagement.kind")
    private static let occurredAt = slot("engagement.occurred_at")
    /// By their numbers in accord.scoring.v1.Engagement.
    private static let texts: [(number: Int, slot: Int, read: @Sendable (WireEngagement) -> String)] = [
        (4, slot("engagement.channel"), { $0.channel }), (5, slot("engagement.campaign"), { $0.campaign }),
        (6, slot("engagement.content_id"), { $0.contentID }),
    ]

    private static func slot(_ name: String) -> Int { FieldCatalogue.standardSlot(name) }

    private let readsKind: Bool
    private let readsTime: Bool
    /// A bit for each of ``texts``.
    private let readTexts: UInt8

    init(where isRead: (_ slot: Int) -> Bool) {
        readsKind = isRead(Self.kind)
        readsTime = isRead(Self.occurredAt)
        var read: UInt8 = 0
        for (place, field) in Self.texts.enumerated() where isRead(field.slot) { read |= 1 << UInt8(place) }
        readTexts = read
    }

    private func reads(_ place: Int) -> Bool { readTexts >> UInt8(place) & 1 == 1 }

    func record(_ engagement: WireEngagement, _ catalogue: FieldCatalogue, at occurredAt: Instant) -> FieldRecord {
        var record = FieldRecord(catalogue)
        if readsKind { record[slot: Self.kind] = .text(engagement.kind) }
        for (place, field) in Self.texts.enumerated() where reads(place) {
            record[slot: field.slot] = .text(field.read(engagement))
        }
        if readsTime { record[slot: Self.occurredAt] = .date(occurredAt) }
        return record
    }

    /// The same from the bytes of a stored one.
    ///
    /// - Throws: ``StoredLeadError`` where they are no message.
    func record(
        _ bytes: UnsafeRawBufferPointer, _ catalogue: FieldCatalogue, kind: String, at occurredAt: Instant
    ) throws -> FieldRecord {
        var record = FieldRecord(catalogue)
        if readsKind { record[slot: Self.kind] = .text(kind) }
        var fields = MessageFields(bytes)
        let first = Self.texts[0].number
        while let (number, text) = try fields.next() {
            let place = number - first
            guard Self.texts.indices.contains(place), reads(place) else { continue }
            record[slot: Self.texts[place].slot] = .text(String(decoding: text, as: UTF8.self))
        }
        if readsTime { record[slot: Self.occurredAt] = .date(occurredAt) }
        return record
    }
}

extension WireLeadFacts {
    init(_ lead: WireLead, tier: String) {
        self.init()
        leadID = lead.leadID
        source = lead.source
        channel = lead.channel
        campaign = lead.campaign
        segment = lead.segment
        self.tier = tier
        motion = lead.motion
        territory = lead.territory
        createdAt = lead.createdAt
        let company = lead.company
        accountID = company.accountID
        self.company = company.name
        domain = company.domain
        industry = company.industry
        country = company.country.isEmpty ? lead.person.country : company.country
    }
}

extension ContextContents {
    init(_ lead: WireLead, _ engagements: [WireEngagement], _ ledger: [LedgerEntry]) {
        let company = lead.company
        self.init(
            hasContact: !lead.person.email.isEmpty || !lead.person.phone.isEmpty,
            hasFirmographics: !company.industry.isEmpty || company.hasEmployees || company.hasAnnualRevenue
                || !company.country.isEmpty,
            hasTechnologies: !company.technologies.isEmpty, hasEngagement: !engagements.isEmpty,
            hasSignals: !company.signals.isEmpty || ledger.contains { $0.group == .engagement },
            hasLedger: !ledger.isEmpty,
            hasTouches: !lead.source.isEmpty || !lead.channel.isEmpty || !lead.campaign.isEmpty
                || engagements.contains { !$0.channel.isEmpty || !$0.campaign.isEmpty })
    }
}
