import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AccountsCommand {
    struct Find: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the account that a domain, an e-mail address or a name means.",
            discussion: """
                Exits with 2 where none is meant, or nothing decides between several.

                Example: accord accounts find ana@shop.acme.co.uk
                Example: accord accounts find "Acme GmbH" --country DE
                """)

        @Argument(help: "A domain, an e-mail address or a name.")
        var what: String
        @Option(help: "Decides between accounts that match equally well.")
        var country = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireLookupAccountsResponse {
            try await services.icp.lookupAccounts(.with { $0.queries = [AccountQueries.query(what, country: country)] })
        }

        func text(_ answer: WireLookupAccountsResponse) -> String {
            let found = answer.results.first ?? WireAccountLookup()
            let others = found.candidates.filter { $0.accountID != found.accountID }
                .map { "  \($0.accountID)  \($0.name)" }
            let first = found.accountID.isEmpty ? found.reason : "\(found.accountID): \(found.reason)"
            return ([first] + others).joined(separator: "\n")
        }

        func judge(_ answer: WireLookupAccountsResponse) throws {
            if answer.results.first?.accountID.isEmpty != false { throw ExitReason.found }
        }
    }
}

/// What people write when they mean an account.
enum AccountQueries {
    /// An address has an `@`, a domain a point and no blank; everything may be a name.
    static func query(_ text: String, country: String = "") -> WireAccountQuery {
        .with {
            $0.country = country
            if text.contains("@") {
                $0.email = text
            } else {
                $0.name = text
                if text.contains("."), !text.contains(where: \.isWhitespace), !text.hasSuffix(".") { $0.domain = text }
            }
        }
    }
}
