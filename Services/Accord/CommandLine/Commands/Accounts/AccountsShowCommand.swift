import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension AccountsCommand {
    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an account, what it owns, who owns it, and what was merged into it.",
            discussion: "Example: accord accounts show a-17")

        @Argument(help: "Its id, or one that was merged into it.")
        var account: String
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetAccountResponse {
            try await services.icp.getAccount(.with { $0.accountID = account })
        }

        func text(_ answer: WireGetAccountResponse) -> String { AccountText.whole(answer.account) }
    }
}

/// Accounts in words.
enum AccountText {
    /// A line for each thing that is known.
    static func whole(_ stored: WireStoredAccount) -> String {
        let account = stored.account
        let fields: [(String, String)] =
            [
                ("account", account.accountID), ("name", account.name),
                ("domains", account.domains.joined(separator: ", ")), ("industry", account.industry),
                ("employees", account.hasEmployees ? "\(account.employees)" : ""),
                ("annual revenue", account.hasAnnualRevenue ? Reports.money(account.annualRevenue) : ""),
                (
                    "place",
                    [account.city, account.region, account.country].filter { !$0.isEmpty }.joined(separator: ", ")
                ),
                ("technologies", account.technologies.joined(separator: ", ")),
                ("signals", account.signals.joined(separator: ", ")), ("ownership", account.ownership),
                ("founded", account.hasFoundedYear ? "\(account.foundedYear)" : ""),
                ("open positions", account.hasOpenPositions ? "\(account.openPositions)" : ""),
                ("last funding", account.hasLastFundingAt ? Instant(account.lastFundingAt).text : ""),
            ] + account.custom.sorted { $0.key < $1.key }.map { ($0.key, CriteriaWords.text($0.value)) } + [
                ("owned by", stored.ancestorIds.joined(separator: " -> ")),
                ("owns", stored.subsidiaryIds.joined(separator: ", ")),
                ("target lists", stored.targetListIds.joined(separator: ", ")),
            ]
        let lines = fields.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        let merges = stored.merges.map { merge in
            let reason = merge.reason.isEmpty ? "" : ": \(merge.reason)"
            return
                "  \(Instant(merge.mergedAt).text)  \(merge.mergedID) into \(merge.accountID) by \(merge.mergedBy)\(reason)"
        }
        return (lines + (merges.isEmpty ? [] : ["merges:"] + merges)).joined(separator: "\n")
    }
}
