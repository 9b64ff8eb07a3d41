import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List leads by their ids.",
            discussion: """
                Example: accord leads list --state mql
                Example: accord leads list --as-of 2026-08-01T00:00:00Z
                """)

        @Option(help: "Only those that are inquiry, engaged or mql.", transform: Self.state)
        var state: WireDemandState?
        @Option(help: "The moment; now by default.", transform: Arguments.instant)
        var asOf: Instant?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListLeadsResponse {
            try await Pages.joined { token in
                try await services.scoring.listLeads(
                    .with {
                        if let state { $0.state = state }
                        if let asOf { $0.asOf = asOf.wire }
                        $0.page.pageSize = 1_000
                        $0.page.pageToken = token
                    })
            } join: {
                $0.leads += $1.leads
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListLeadsResponse) -> String {
            guard !answer.leads.isEmpty else { return "no lead is like that" }
            var table = TextTable([
                "lead", "state", "points", "grade", "tier", "engagements", "company", "e-mail", "cools",
            ])
            for record in answer.leads {
                table.add([
                    record.lead.leadID, LeadText.state(record.state), "\(record.score.shown)", record.score.grade,
                    record.score.tier, "\(record.engagementCount)", record.lead.company.name, record.lead.person.email,
                    record.hasCoolsAt ? Instant(record.coolsAt).text : "",
                ])
            }
            return table.text
        }

        private static func state(_ text: String) throws -> WireDemandState {
            switch text {
            case "inquiry": .inquiry
            case "engaged": .engaged
            case "mql": .mql
            default: throw ValidationError("--state \(text): expected inquiry, engaged or mql")
            }
        }
    }
}
