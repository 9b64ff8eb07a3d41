import Contracts
import Criteria
import Hosting
import Kernel
import ScoringDomain

extension FieldRecord {
    /// A lead as criteria see it. Annual revenue in a currency other than the agreement's is unknown.
    init(_ lead: WireLead, _ rules: ScoringRules) {
        self.init(rules.catalogue)
        let person = lead.person
        let company = lead.company
        for (name, text) in [
            ("company.name", company.name), ("company.domain", company.domain),
            ("company.industry", company.industry), ("company.country", company.country),
            ("company.region", company.region), ("company.city", company.city), ("account.id", company.accountID),
            ("person.name", person.name), ("person.email", person.email), ("person.phone", person.phone),
            ("person.title", person.title), ("person.seniority", person.seniority),
            ("person.department", person.department), ("person.country", person.country),
            ("person.language", person.language), ("lead.source", lead.source), ("lead.channel", lead.channel),
            ("lead.campaign", lead.campaign), ("lead.motion", lead.motion), ("lead.segment", lead.segment),
            ("lead.territory", lead.territory),
        ] where !text.isEmpty {
            self[name] = .text(text)
        }
        if company.hasEmployees { self["company.employees"] = .number(Double(company.employees)) }
        if company.hasAnnualRevenue, company.annualRevenue.currency == rules.currency {
            self["company.annual_revenue"] = .number(Money(company.annualRevenue).major)
        }
        if !company.technologies.isEmpty {
            self["company.technologies"] = .list(company.technologies.map(FieldValue.text))
        }
        if !company.signals.isEmpty { self["company.signals"] = .list(company.signals.map(FieldValue.text)) }
        self["lead.created_at"] = .date(Instant(lead.createdAt))
        for (name, value) in lead.custom {
            self["custom.\(name)"] = FieldValue(value)
        }
    }
}

extension BehaviourFact {
    /// An engagement as rules see it; its fields are only filled where some rule reads them.
    init(_ engagement: WireEngagement, _ rules: ScoringRules) {
        var record = FieldRecord(rules.catalogue)
        let occurredAt = Instant(engagement.occurredAt)
        if rules.readsEngagementFields {
            record["engagement.kind"] = .text(engagement.kind)
            record["engagement.channel"] = .text(engagement.channel)
            record["engagement.campaign"] = .text(engagement.campaign)
            record["engagement.content_id"] = .text(engagement.contentID)
            record["engagement.occurred_at"] = .date(occurredAt)
        }
        self.init(kind: engagement.kind, occurredAt: occurredAt, record: record)
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
        country = lead.person.country
        guard lead.hasCompany else { return }
        let company = lead.company
        accountID = company.accountID
        self.company = company.name
        domain = company.domain
        industry = company.industry
        if !company.country.isEmpty { country = company.country }
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
