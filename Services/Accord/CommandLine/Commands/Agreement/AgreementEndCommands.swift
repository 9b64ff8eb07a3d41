import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AgreementCommand {
    struct Reject: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say no to a proposed version for one side, and why.",
            discussion: """
                Example: accord agreement reject 3 --side sales --by vp.sales@example.com --comment "too many leads"
                """)

        @Argument(help: "The version's number.")
        var version: Int64
        @Option(help: "For whom.")
        var side: WireSide
        @Option(help: "Who rejects it.")
        var by: String
        @Option(help: "Why.")
        var comment: String
        @Option(help: "The digest that they have seen; refused when the version has another.")
        var digest = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireRejectAgreementResponse {
            try await services.icp.rejectAgreement(
                .with {
                    $0.version = version
                    $0.side = side
                    $0.rejectedBy = by
                    $0.comment = comment
                    $0.digest = digest
                })
        }

        func text(_ answer: WireRejectAgreementResponse) -> String {
            "version \(version) is \(AgreementText.state(answer.version.state))"
        }
    }

    struct Withdraw: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back a draft or a proposal that is not signed by both sides yet.",
            discussion: "Example: accord agreement withdraw 3 --by ops@example.com")

        @Argument(help: "The version's number.")
        var version: Int64
        @Option(help: "Who withdraws it.")
        var by: String
        @Option(help: "Why.")
        var comment = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireWithdrawAgreementResponse {
            try await services.icp.withdrawAgreement(
                .with {
                    $0.version = version
                    $0.withdrawnBy = by
                    $0.comment = comment
                })
        }

        func text(_ answer: WireWithdrawAgreementResponse) -> String {
            "version \(version) is \(AgreementText.state(answer.version.state))"
        }
    }
}
