import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AccountsCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List accounts by their ids.",
            discussion: "Example: accord accounts list --name freight --target-list named-2027")

        @Option(help: "Part of the name, without regard to case, accents and legal form.")
        var name = ""
        @Option(help: "The account that owns them.")
        var parent = ""
        @Option(help: "A target list in force that names them.")
        var targetList = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListAccountsResponse {
            try await Pages.joined { token in
                try await services.icp.listAccounts(
                    .with {
                        $0.name = name
                        $0.parentID = parent
                        $0.targetListID = targetList
                        $0.page.pageSize = 1_000
                        $0.page.pageToken = token
                    })
            } join: {
                $0.accounts += $1.accounts
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListAccountsResponse) -> String {
            guard !answer.accounts.isEmpty else { return "no account is like that" }
            var table = TextTable(["account", "name", "domain", "industry", "employees", "country", "parent"])
            for account in answer.accounts {
                table.add([
                    account.accountID, account.name, account.domains.first ?? "", account.industry,
                    account.hasEmployees ? "\(account.employees)" : "", account.country, account.parentID,
                ])
            }
            return table.text
        }
    }
}
