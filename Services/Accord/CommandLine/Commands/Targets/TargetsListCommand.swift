import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension TargetsCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the target lists.", discussion: "Example: accord targets list --account a-17")

        @Option(help: "Only lists in force that name this account.")
        var account = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListTargetListsResponse {
            try await Pages.joined { token in
                try await services.icp.listTargetLists(
                    .with {
                        $0.accountID = account
                        $0.page.pageToken = token
                    })
            } join: {
                $0.lists += $1.lists
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListTargetListsResponse) -> String {
            answer.lists.isEmpty ? "no target list" : answer.lists.map(TargetText.summary).joined(separator: "\n")
        }
    }
}
