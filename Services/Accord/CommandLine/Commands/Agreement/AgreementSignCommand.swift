import AccordSuite
public import ArgumentParser
public import Contracts
import SwiftProtobuf

extension AgreementCommand {
    struct Sign: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a version for one side.",
            discussion: "Example: accord agreement sign 3 --side sales --signer vp.sales@example.com")

        @Argument(help: "The version's number.")
        var version: Int64
        @Option(help: "For whom.")
        var side: WireSide
        @Option(help: "Who signs.")
        var signer: String
        @Option(help: "The digest that the signer has seen; refused when the version has another.")
        var digest = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireSignAgreementResponse {
            try await services.icp.signAgreement(
                .with {
                    $0.version = version
                    $0.side = side
                    $0.signer = signer
                    $0.digest = digest
                })
        }

        func text(_ answer: WireSignAgreementResponse) -> String {
            "version \(version) is \(AgreementText.state(answer.version.state))"
        }
    }
}

/// `marketing` or `sales`.
extension WireSide: ExpressibleByArgument {
    private static let names: KeyValuePairs<String, WireSide> = ["marketing": .marketing, "sales": .sales]

    public init?(argument: String) {
        guard let side = Self.names.first(where: { $0.key == argument }) else { return nil }
        self = side.value
    }

    public static var allValueStrings: [String] { names.map(\.key) }
}
