import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a lead: each field with who said it and when, its other ids, and what was merged into it.",
            discussion: """
                Example: accord leads show lead-42
                Example: accord leads show hubspot:42 --as-of 2026-08-01T00:00:00Z
                """)

        @Argument(help: "Its id, one that was merged into it, or that of another system, such as hubspot:42.")
        var lead: String
        @Option(help: "The moment; now by default.", transform: Arguments.instant)
        var asOf: Instant?
        @Flag(help: "Also what its fields were before.")
        var changes = false
        @OptionGroup var options: AnswerOptions

        struct Shown {
            var lead: WireGetLeadResponse
            var changes: WireListFieldChangesResponse?
        }

        func ask(_ services: SuiteClients) async throws -> Shown {
            let found = try await services.scoring.getLead(
                .with {
                    $0.leadID = lead
                    if let asOf { $0.asOf = asOf.wire }
                })
            guard changes else { return Shown(lead: found) }
            let changed = try await Pages.joined { token in
                try await services.scoring.listFieldChanges(
                    .with {
                        $0.leadID = lead
                        $0.page.pageSize = 1_000
                        $0.page.pageToken = token
                    })
            } join: {
                $0.changes += $1.changes
                $0.nextPageToken = $1.nextPageToken
            }
            return Shown(lead: found, changes: changed)
        }

        func text(_ answer: Shown) -> String {
            let lines = (answer.changes?.changes ?? []).map(LeadText.change)
            return ([LeadText.whole(answer.lead.lead)] + (lines.isEmpty ? [] : ["changes:"] + lines))
                .joined(separator: "\n")
        }

        func json(_ answer: Shown) throws -> String {
            guard let changes = answer.changes else { return try answer.lead.jsonString() }
            return try JSONText.of(["lead": answer.lead.lead, "changes": changes])
        }
    }
}
