import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AccountsCommand {
    struct Merge: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make accounts one; their ids keep resolving.",
            discussion: "Example: accord accounts merge a-17 a-41 a-99 --by rita@example.com --reason duplicates")

        @Argument(help: "The account that stays.")
        var account: String
        @Argument(help: "Those that become part of it.")
        var merged: [String]
        @Option(help: "Who says so.")
        var by: String
        @Option(help: "Why.")
        var reason = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireMergeAccountsResponse {
            try await services.icp.mergeAccounts(
                .with {
                    $0.accountID = account
                    $0.mergedIds = merged
                    $0.mergedBy = by
                    $0.reason = reason
                })
        }

        func text(_ answer: WireMergeAccountsResponse) -> String { AccountText.whole(answer.account) }
    }
}
