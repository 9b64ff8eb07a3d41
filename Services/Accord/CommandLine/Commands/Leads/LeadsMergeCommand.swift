import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension LeadsCommand {
    struct Merge: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make leads one; their ids keep resolving.",
            discussion: "Example: accord leads merge l-17 l-41 l-99 --by rita@example.com --reason duplicates")

        @Argument(help: "The lead that stays.")
        var lead: String
        @Argument(help: "Those that become part of it.")
        var merged: [String]
        @Option(help: "Who says so.")
        var by: String
        @Option(help: "Why.")
        var reason = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireMergeLeadsResponse {
            try await services.scoring.mergeLeads(
                .with {
                    $0.leadID = lead
                    $0.mergedIds = merged
                    $0.mergedBy = by
                    $0.reason = reason
                })
        }

        func text(_ answer: WireMergeLeadsResponse) -> String { LeadText.whole(answer.lead) }
    }

    struct Split: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Undo merges: each lead has again what is its own, with what has arrived under its ids since.",
            discussion: """
                No rule makes them one again; `accord leads merge` does.

                Example: accord leads split l-41 --by rita@example.com --reason "two people of one name"
                """)

        @Argument(help: "Merged leads that are to be leads of their own again.")
        var leads: [String]
        @Option(help: "Who says so.")
        var by: String
        @Option(help: "Why.")
        var reason = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireSplitLeadsResponse {
            try await services.scoring.splitLeads(
                .with {
                    $0.leadIds = leads
                    $0.splitBy = by
                    $0.reason = reason
                })
        }

        func text(_ answer: WireSplitLeadsResponse) -> String {
            answer.leads.map(LeadText.whole).joined(separator: "\n\n")
        }
    }
}
