import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension TargetsCommand {
    struct History: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every revision of a list: who changed what, and who signed it, newest first.",
            discussion: "Example: accord targets history named-2027")

        @Argument(help: "The list's id.")
        var list: String
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListTargetListRevisionsResponse {
            try await Pages.joined { token in
                try await services.icp.listTargetListRevisions(
                    .with {
                        $0.listID = list
                        $0.page.pageToken = token
                    })
            } join: {
                $0.revisions += $1.revisions
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListTargetListRevisionsResponse) -> String {
            answer.revisions.flatMap { [TargetText.summary($0)] + $0.changes.map { "  \($0.sentence)" } }
                .joined(separator: "\n")
        }
    }
}
