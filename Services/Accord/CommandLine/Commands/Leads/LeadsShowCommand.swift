import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is known of a lead, and where it stands.",
            discussion: "Example: accord leads show lead-42")

        @Argument(help: "The lead's id.")
        var lead: String
        @Option(help: "The moment; now by default.", transform: Arguments.instant)
        var asOf: Instant?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetLeadResponse {
            try await services.scoring.getLead(
                .with {
                    $0.leadID = lead
                    if let asOf { $0.asOf = asOf.wire }
                })
        }

        func text(_ answer: WireGetLeadResponse) -> String { LeadText.whole(answer.lead) }
    }
}

/// Leads in words.
enum LeadText {
    /// A line for each thing that is known.
    static func whole(_ record: WireLeadRecord) -> String {
        let (lead, person, company) = (record.lead, record.lead.person, record.lead.company)
        let fields: [(String, String)] =
            [
                ("lead", lead.leadID), ("person", person.name), ("e-mail", person.email), ("phone", person.phone),
                ("title", person.title), ("seniority", person.seniority), ("department", person.department),
                ("company", company.name), ("domain", company.domain), ("industry", company.industry),
                ("employees", company.hasEmployees ? "\(company.employees)" : ""),
                ("annual revenue", company.hasAnnualRevenue ? Reports.money(company.annualRevenue) : ""),
                ("country", company.country.isEmpty ? person.country : company.country),
                ("technologies", company.technologies.joined(separator: ", ")),
                ("signals", company.signals.joined(separator: ", ")), ("source", lead.source),
                ("channel", lead.channel), ("campaign", lead.campaign), ("motion", lead.motion),
                ("segment", lead.segment), ("territory", lead.territory),
            ] + lead.custom.sorted { $0.key < $1.key }.map { ($0.key, CriteriaWords.text($0.value)) } + [
                ("created", Instant(lead.createdAt).text), ("state", state(record)),
                ("score", "\(record.score.shown) points, grade \(record.score.grade)"),
                ("of this", parts(record.score)), ("engagement", "\(record.engagementCount)"),
                ("qualified", record.hasQualifiedAt ? Instant(record.qualifiedAt).text : ""),
                ("cools", record.hasCoolsAt ? Instant(record.coolsAt).text : ""),
                ("cooled", record.hasCooledAt ? Instant(record.cooledAt).text : ""),
            ]
        return fields.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    }

    /// Such as `mql, cooled`.
    static func state(_ record: WireLeadRecord) -> String {
        let state =
            switch record.state {
            case .mql: "mql"
            case .engaged: "engaged"
            default: "inquiry"
            }
        return record.hasCooledAt ? "\(state), cooled" : state
    }

    private static func parts(_ score: WireScore) -> String {
        [
            ("fit", score.fit), ("engagement", score.engagement), ("situation", score.situation),
            ("negatives", score.negatives),
        ].map { "\($0.0) \(Format.fixed($0.1, 1))" }.joined(separator: ", ")
    }
}
