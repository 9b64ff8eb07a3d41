import Contracts
import Kernel
import SwiftProtobuf

/// Something that a row of a file says, ready to be sent.
enum ImportRecord: Sendable {
    case lead(WireLead)
    case engagement(WireEngagement)
    case account(WireAccount)
    case opportunity(WireOpportunity)
    case touch(WireTouch)
}

extension RecordText {
    /// The record of the texts; faults name the line, the field, what was found and what was expected.
    func record(as kind: ImportKind) throws -> ImportRecord {
        var reader = FieldReader(file: file, line: line)
        let record: ImportRecord
        switch kind {
        case .leads: record = .lead(reader.lead(fields))
        case .engagements: record = .engagement(reader.engagement(fields))
        case .accounts: record = .account(reader.account(fields))
        case .opportunities: record = .opportunity(reader.opportunity(fields))
        case .touches: record = .touch(reader.touch(fields))
        }
        guard reader.faults.isEmpty else { throw ImportFaults(reader.faults) }
        return record
    }
}

/// Reads typed values and collects the faults.
private struct FieldReader {
    typealias Fields = [(field: String, text: String, rule: ColumnRule)]
    let file: String
    let line: Int
    var faults: [ImportFault] = []

    init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    mutating func lead(_ fields: Fields) -> WireLead {
        var lead = WireLead()
        for (field, text, rule) in fields where !text.isEmpty {
            switch field {
            case "lead_id": lead.leadID = text
            case "source": lead.source = text
            case "channel": lead.channel = text
            case "campaign": lead.campaign = text
            case "motion": lead.motion = text
            case "segment": lead.segment = text
            case "territory": lead.territory = text
            case "created_at": time(field, text) { lead.createdAt = $0 }
            case "person.name": lead.person.name = text
            case "person.email": lead.person.email = text
            case "person.phone": lead.person.phone = text
            case "person.title": lead.person.title = text
            case "person.seniority": lead.person.seniority = text
            case "person.department": lead.person.department = text
            case "person.country": lead.person.country = text
            case "person.language": lead.person.language = text
            case "company.account_id": lead.company.accountID = text
            case "company.name": lead.company.name = text
            case "company.domain": lead.company.domain = text
            case "company.industry": lead.company.industry = text
            case "company.employees": whole(field, text) { lead.company.employees = $0 }
            case "company.annual_revenue": money(field, text, rule) { lead.company.annualRevenue = $0 }
            case "company.country": lead.company.country = text
            case "company.region": lead.company.region = text
            case "company.city": lead.company.city = text
            case "company.technologies": lead.company.technologies = list(text, rule)
            case "company.signals": lead.company.signals = list(text, rule)
            default: lead.custom[String(field.dropFirst("custom.".count))] = loose(text)
            }
        }
        return lead
    }

    mutating func engagement(_ fields: Fields) -> WireEngagement {
        var engagement = WireEngagement()
        for (field, text, _) in fields where !text.isEmpty {
            switch field {
            case "engagement_id": engagement.engagementID = text
            case "lead_id": engagement.leadID = text
            case "kind": engagement.kind = text
            case "channel": engagement.channel = text
            case "campaign": engagement.campaign = text
            case "content_id": engagement.contentID = text
            case "occurred_at": time(field, text) { engagement.occurredAt = $0 }
            default: engagement.attributes[String(field.dropFirst("attributes.".count))] = loose(text)
            }
        }
        return engagement
    }

    mutating func account(_ fields: Fields) -> WireAccount {
        var account = WireAccount()
        for (field, text, rule) in fields where !text.isEmpty {
            switch field {
            case "account_id": account.accountID = text
            case "name": account.name = text
            case "domains": account.domains = list(text, rule)
            case "industry": account.industry = text
            case "employees": whole(field, text) { account.employees = $0 }
            case "annual_revenue": money(field, text, rule) { account.annualRevenue = $0 }
            case "country": account.country = text
            case "region": account.region = text
            case "city": account.city = text
            case "technologies": account.technologies = list(text, rule)
            case "signals": account.signals = list(text, rule)
            case "parent_id": account.parentID = text
            default: account.custom[String(field.dropFirst("custom.".count))] = loose(text)
            }
        }
        return account
    }

    mutating func opportunity(_ fields: Fields) -> WireOpportunity {
        var opportunity = WireOpportunity()
        for (field, text, rule) in fields where !text.isEmpty {
            switch field {
            case "opportunity_id": opportunity.opportunityID = text
            case "lead_id": opportunity.leadID = text
            case "account_id": opportunity.accountID = text
            case "stage": opportunity.stage = text
            case "outcome": outcome(field, text) { opportunity.outcome = $0 }
            case "amount": money(field, text, rule) { opportunity.amount = $0 }
            case "list_value": money(field, text, rule) { opportunity.listValue = $0 }
            case "opened_at": time(field, text) { opportunity.openedAt = $0 }
            case "closed_at": time(field, text) { opportunity.closedAt = $0 }
            case "source": opportunity.source = text
            case "rep_id": opportunity.repID = text
            case "team": opportunity.team = text
            default: opportunity.dimensions[String(field.dropFirst("dimensions.".count))] = text
            }
        }
        return opportunity
    }

    mutating func touch(_ fields: Fields) -> WireTouch {
        var touch = WireTouch()
        for (field, text, rule) in fields where !text.isEmpty {
            switch field {
            case "touch_id": touch.touchID = text
            case "lead_id": touch.leadID = text
            case "account_id": touch.accountID = text
            case "channel": touch.channel = text
            case "campaign": touch.campaign = text
            case "content_id": touch.contentID = text
            case "kind": touch.kind = text
            case "occurred_at": time(field, text) { touch.occurredAt = $0 }
            default: money(field, text, rule) { touch.cost = $0 }
            }
        }
        return touch
    }

    private mutating func time(_ field: String, _ text: String, _ set: (Google_Protobuf_Timestamp) -> Void) {
        guard let instant = Instant(text: text) else {
            return fault(field, text, "a time such as 2026-03-01T09:30:00Z or 2026-03-01")
        }
        set(instant.wire)
    }

    private mutating func whole(_ field: String, _ text: String, _ set: (Int64) -> Void) {
        guard let number = Double(text), let whole = Int64(exactly: number) else {
            return fault(field, text, "a whole number")
        }
        set(whole)
    }

    private mutating func money(_ field: String, _ text: String, _ rule: ColumnRule, _ set: (WireMoney) -> Void) {
        let currency = rule.currency ?? "USD"
        let minor = Double(text).map { ($0 * rule.unit * Double(Money.scale(of: currency))).rounded() }
        guard let minor, let units = Int64(exactly: minor) else { return fault(field, text, "an amount") }
        set(Money(minorUnits: units, currency: currency).wire)
    }

    private mutating func outcome(_ field: String, _ text: String, _ set: (WireOutcome) -> Void) {
        switch text {
        case "open": set(.open)
        case "won": set(.won)
        case "lost": set(.lost)
        default: fault(field, text, "open, won or lost")
        }
    }

    private func list(_ text: String, _ rule: ColumnRule) -> [String] {
        text.split(separator: rule.separator).map { $0.trimmed }.filter { !$0.isEmpty }
    }

    /// Numbers and booleans as such, everything else as text.
    private func loose(_ text: String) -> Google_Protobuf_Value {
        if let number = Double(text) { return Google_Protobuf_Value(numberValue: number) }
        if let flag = Bool(text) { return Google_Protobuf_Value(boolValue: flag) }
        return Google_Protobuf_Value(stringValue: text)
    }

    private mutating func fault(_ field: String, _ found: String, _ expected: String) {
        faults.append(ImportFault(file: file, line: line, path: field, found: found, expected: expected))
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
