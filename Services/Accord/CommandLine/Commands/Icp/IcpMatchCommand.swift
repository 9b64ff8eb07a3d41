import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

struct IcpMatchCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Tier and score of accounts, and why.",
        discussion: """
            Without ids: every stored account.

            Example: accord icp match a-17 a-18 --reasons
            Example: accord icp match --find acme.com --find "Fjord Freight"
            """)

    @Argument(help: "Ids of accounts.")
    var accounts: [String] = []
    @Option(help: "A domain, an e-mail address or a name. Repeatable.")
    var find: [String] = []
    @Option(help: "The version of the agreement; the one in force by default.")
    var agreement: Int64 = 0
    @Flag(help: "Also the reason of each condition.")
    var reasons = false
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireMatchAccountsResponse {
        guard accounts.isEmpty, find.isEmpty else { return try await match(accounts, find, services) }
        var answer = WireMatchAccountsResponse()
        var token = ""
        repeat {
            let page = try await services.icp.listAccounts(
                .with {
                    $0.page.pageSize = reasons ? 100 : 1_000
                    $0.page.pageToken = token
                })
            let matches = try await match(page.accounts.map(\.accountID), [], services)
            answer.matches += matches.matches
            answer.agreementVersion = matches.agreementVersion
            token = page.nextPageToken
        } while !token.isEmpty
        return answer
    }

    private func match(
        _ ids: [String], _ texts: [String], _ services: SuiteClients
    ) async throws -> WireMatchAccountsResponse {
        try await services.icp.matchAccounts(
            .with {
                $0.accountIds = ids
                $0.queries = texts.map { AccountQueries.query($0) }
                $0.agreementVersion = agreement
                $0.detail = reasons ? .reasons : .criteria
            })
    }

    func text(_ answer: WireMatchAccountsResponse) -> String {
        var table = TextTable(["account", "tier", "score", "satisfied", "failed", "unknown"])
        var told: [String] = []
        for match in answer.matches {
            let name = match.accountID.isEmpty ? "?" : match.accountID
            guard !match.hasError else {
                told.append("\(name): \(match.error.message)")
                continue
            }
            table.add([
                name, Self.tier(match), Format.fixed(match.score, 1), match.satisfied.joined(separator: " "),
                match.failed.joined(separator: " "), match.unknown.joined(separator: " "),
            ])
            guard reasons else { continue }
            told += ["\(name):"] + match.reasons.map { "  \(CriteriaWords.text($0))" }
        }
        let counts = Dictionary(grouping: answer.matches.filter { !$0.hasError }, by: Self.tier).mapValues(\.count)
        let summary = counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return ([table.text] + told + ["agreement version \(answer.agreementVersion); \(summary)"]).joined(
            separator: "\n")
    }

    func judge(_ answer: WireMatchAccountsResponse) throws {
        if answer.matches.contains(where: \.hasError) { throw ExitReason.badInput }
    }

    private static func tier(_ match: WireAccountMatch) -> String {
        match.tier.isEmpty ? "no tier" : match.tier
    }
}

/// Conditions in words.
enum CriteriaWords {
    /// Such as `true  size: company.employees gte 200, found 450`.
    static func text(_ reason: WireLeafReason) -> String {
        let verdict: String =
            switch reason.verdict {
            case .true: "true   "
            case .false: "false  "
            case .unknown, .unspecified, .UNRECOGNIZED: "unknown"
            }
        let expected = reason.hasExpected ? " \(text(reason.expected))" : ""
        let found = reason.hasFound ? "found \(text(reason.found))" : "not known"
        return "\(verdict) \(reason.path): \(reason.field) \(reason.op)\(expected), \(found)"
    }

    static func text(_ value: Google_Protobuf_Value) -> String {
        switch value.kind {
        case .stringValue(let text): text
        case .numberValue(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .boolValue(let boolean): "\(boolean)"
        case .listValue(let list): list.values.map(text).joined(separator: ", ")
        case .structValue, .nullValue, nil: ""
        }
    }
}
