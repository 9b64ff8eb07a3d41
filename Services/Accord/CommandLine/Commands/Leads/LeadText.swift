import Contracts
import Kernel
import SwiftProtobuf

/// Leads in words.
enum LeadText {
    /// A line for each thing that is known.
    static func whole(_ record: WireLeadRecord) -> String {
        let score = record.score
        let heading: [(String, String)] = [
            ("lead", record.lead.leadID),
            ("former ids", record.formerIds.joined(separator: ", ")),
            ("in other systems", record.externalIds.map { "\($0.source):\($0.id)" }.joined(separator: ", ")),
            ("state", state(record.state) + (record.hasQualifiedAt ? " since \(Instant(record.qualifiedAt).text)" : "")),
            (
                "score",
                "\(score.shown) points, grade \(score.grade), agreement version \(score.agreementVersion), "
                    + "\(record.engagementCount) engagements"
            ),
            ("created", Instant(record.lead.createdAt).text),
        ]
        var table = TextTable(["field", "value", "said by", "at", "under"])
        for origin in record.fieldOrigins where origin.field != "lead.created_at" {
            table.add([
                origin.field, value(of: origin.field, record.lead), origin.sourceSystem,
                origin.hasChangedAt ? Instant(origin.changedAt).text : "", origin.leadID,
            ])
        }
        let lines = heading.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        let merges = record.merges.map { merge in
            let reason = merge.reason.isEmpty ? "" : ": \(merge.reason)"
            let way = merge.split ? "from" : "into"
            return "  \(Instant(merge.mergedAt).text)  \(merge.mergedID) \(way) \(merge.leadID) by "
                + "\(merge.mergedBy)\(reason)"
        }
        return (lines + [table.text] + (merges.isEmpty ? [] : ["merges:"] + merges)).joined(separator: "\n")
    }

    static func change(_ change: WireFieldChange) -> String {
        let before = change.hasBefore ? CriteriaWords.text(change.before) : "nothing"
        let after = change.hasAfter ? CriteriaWords.text(change.after) : "nothing"
        let source = change.sourceSystem.isEmpty ? "" : " by \(change.sourceSystem)"
        let what = change.late ? "\(after), which came late" : "\(before) -> \(after)"
        return "  \(Instant(change.changedAt).text)  \(change.field): \(what)\(source)"
    }

    static func state(_ state: WireDemandState) -> String {
        switch state {
        case .inquiry: "inquiry"
        case .engaged: "engaged"
        case .mql: "mql"
        default: "unknown"
        }
    }

    private static func value(of field: String, _ lead: WireLead) -> String {
        let (person, company) = (lead.person, lead.company)
        switch field {
        case "lead.source": return lead.source
        case "lead.channel": return lead.channel
        case "lead.campaign": return lead.campaign
        case "lead.motion": return lead.motion
        case "lead.segment": return lead.segment
        case "lead.territory": return lead.territory
        case "person.name": return person.name
        case "person.email": return person.email
        case "person.phone": return person.phone
        case "person.title": return person.title
        case "person.seniority": return person.seniority
        case "person.department": return person.department
        case "person.country": return person.country
        case "person.language": return person.language
        case "account.id": return company.accountID
        case "company.name": return company.name
        case "company.domain": return company.domain
        case "company.industry": return company.industry
        case "company.country": return company.country
        case "company.region": return company.region
        case "company.city": return company.city
        case "company.technologies": return company.technologies.joined(separator: ", ")
        case "company.signals": return company.signals.joined(separator: ", ")
        case "company.employees": return "\(company.employees)"
        case "company.annual_revenue": return Reports.money(company.annualRevenue)
        default: return lead.custom[String(field.dropFirst(7))].map(CriteriaWords.text) ?? ""
        }
    }
}
