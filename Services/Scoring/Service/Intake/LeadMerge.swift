import Contracts
import Kernel
import SwiftProtobuf

extension WireLead {
    /// A new lead as it is stored: the defaults filled in.
    func asNew(now: Instant) -> WireLead {
        var lead = self
        if motion.isEmpty { lead.motion = "inbound" }
        if !hasCreatedAt { lead.createdAt = now.wire }
        if !custom.isEmpty { lead.custom = custom.filter { !$0.value.isNull } }
        return lead
    }

    /// The stored lead with the fields that an upsert carries. What is blank, empty or absent keeps its old value;
    /// lists are replaced as a whole; a custom field that is null is removed.
    func merged(with update: WireLead) -> WireLead {
        var lead = self
        replace(&lead.source, update.source)
        replace(&lead.channel, update.channel)
        replace(&lead.campaign, update.campaign)
        replace(&lead.motion, update.motion)
        replace(&lead.segment, update.segment)
        replace(&lead.territory, update.territory)
        if update.hasCreatedAt { lead.createdAt = update.createdAt }
        if update.hasPerson { lead.person = lead.person.merged(with: update.person) }
        if update.hasCompany { lead.company = lead.company.merged(with: update.company) }
        for (name, value) in update.custom {
            if value.isNull { lead.custom.removeValue(forKey: name) } else { lead.custom[name] = value }
        }
        return lead
    }
}

extension WirePerson {
    fileprivate func merged(with update: WirePerson) -> WirePerson {
        var person = self
        replace(&person.name, update.name)
        replace(&person.email, update.email)
        replace(&person.phone, update.phone)
        replace(&person.title, update.title)
        replace(&person.seniority, update.seniority)
        replace(&person.department, update.department)
        replace(&person.country, update.country)
        replace(&person.language, update.language)
        return person
    }
}

extension WireCompany {
    fileprivate func merged(with update: WireCompany) -> WireCompany {
        var company = self
        replace(&company.accountID, update.accountID)
        replace(&company.name, update.name)
        replace(&company.domain, update.domain)
        replace(&company.industry, update.industry)
        replace(&company.country, update.country)
        replace(&company.region, update.region)
        replace(&company.city, update.city)
        replace(&company.technologies, update.technologies)
        replace(&company.signals, update.signals)
        if update.hasEmployees { company.employees = update.employees }
        if update.hasAnnualRevenue { company.annualRevenue = update.annualRevenue }
        return company
    }
}

extension Google_Protobuf_Value {
    fileprivate var isNull: Bool {
        if case .nullValue = kind { true } else { false }
    }
}

private func replace<Value: Collection>(_ value: inout Value, _ update: Value) {
    if !update.isEmpty { value = update }
}
