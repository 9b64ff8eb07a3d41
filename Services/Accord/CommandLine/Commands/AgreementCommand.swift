import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import Kernel
import SwiftProtobuf

struct AgreementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement", abstract: "Check, propose, sign and show the agreement.",
        subcommands: [Lint.self, Propose.self, Sign.self, Show.self, List.self])

    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a file without sending it anywhere; every fault with its line.",
            discussion: "Example: accord agreement lint agreement.yaml")

        @Argument(help: "The agreement: YAML or JSON.")
        var file: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            let faults = try AgreementLint.faults(of: String(contentsOfFile: file, encoding: .utf8))
            if output.json {
                try Terminal.say(json: WireBadRequest.with { $0.violations = faults })
            } else {
                for fault in faults {
                    Terminal.complain(
                        "\(file):\(fault.line):\(fault.column): \(fault.path): found \(fault.found), "
                            + "expected \(fault.expected)")
                }
                if faults.isEmpty { Terminal.say("\(file): no fault") }
            }
            if !faults.isEmpty { throw ExitReason.badInput }
        }
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store a file as the next version; it takes effect when both sides have signed.",
            discussion: "Example: accord agreement propose agreement.yaml --by ops@example.com")

        @Argument(help: "The agreement: YAML or JSON.")
        var file: String
        @Option(help: "Who proposes it.")
        var by: String
        @Option(help: "When it shall take effect, such as 2026-12-01T00:00:00Z; at once by default.")
        var effectiveAt: String?
        @Option(help: "Why.")
        var comment = ""
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let document = try String(contentsOfFile: file, encoding: .utf8)
            let effective = try effectiveAt.map { try Arguments.instant($0, "--effective-at") }
            let response = try await connection.connected { clients in
                try await clients.icp.proposeAgreement(
                    .with {
                        $0.document = document
                        $0.proposedBy = by
                        $0.comment = comment
                        if let effective { $0.effectiveAt = effective.wire }
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say("proposed version \(response.version.version), digest \(response.version.digest)")
            for change in response.changes { Terminal.say("  \(change.sentence)") }
        }
    }

    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a version for one side.",
            discussion: "Example: accord agreement sign 3 --side sales --signer vp.sales@example.com")

        @Argument(help: "The version's number.")
        var version: Int64
        @Option(help: "marketing or sales.")
        var side: String
        @Option(help: "Who signs.")
        var signer: String
        @Option(help: "The digest that the signer has seen; refused when the version has another.")
        var digest = ""
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let sides: [String: WireSide] = ["marketing": .marketing, "sales": .sales]
            guard let wireSide = sides[side] else {
                throw ValidationError("--side \(side): expected marketing or sales")
            }
            let response = try await connection.connected { clients in
                try await clients.icp.signAgreement(
                    .with {
                        $0.version = version
                        $0.side = wireSide
                        $0.signer = signer
                        $0.digest = digest
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say("version \(version) is \(AgreementText.state(response.version.state))")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the agreement in force, a version, or the one in force at a moment.",
            discussion: "Example: accord agreement show --at 2026-07-01T00:00:00Z")

        @Argument(help: "The version's number; the one in force by default.")
        var version: Int64?
        @Option(help: "The moment.")
        var at: String?
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let moment = try at.map { try Arguments.instant($0, "--at") }
            let response = try await connection.connected { clients in
                try await clients.icp.getAgreement(
                    .with {
                        $0.version = version ?? 0
                        if let moment { $0.at = moment.wire }
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say(AgreementText.summary(response.version))
            Terminal.say(response.version.document)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all versions, newest first.", discussion: "Example: accord agreement list")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let response = try await connection.connected { clients in
                try await Pages.joined { token in
                    try await clients.icp.listAgreements(.with { $0.page.pageToken = token })
                } join: {
                    $0.versions += $1.versions
                    $0.nextPageToken = $1.nextPageToken
                }
            }
            if output.json { return try Terminal.say(json: response) }
            for version in response.versions { Terminal.say(AgreementText.summary(version)) }
        }
    }
}

/// Agreement versions in words.
enum AgreementText {
    static func state(_ state: WireAgreementState) -> String {
        switch state {
        case .draft: "draft"
        case .proposed: "proposed"
        case .partlySigned: "partly signed"
        case .signed: "signed"
        case .active: "active"
        case .superseded: "superseded"
        case .rejected: "rejected"
        case .withdrawn: "withdrawn"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    static func summary(_ version: WireAgreementVersion) -> String {
        let signers = version.signatures.map(\.signer).joined(separator: ", ")
        let effective = version.hasEffectiveAt ? ", effective \(Instant(version.effectiveAt).text)" : ""
        return "version \(version.version): \(state(version.state))\(effective), proposed by \(version.proposedBy)"
            + (signers.isEmpty ? "" : ", signed by \(signers)")
    }
}

/// Arguments with a form of their own.
enum Arguments {
    static func instant(_ text: String, _ name: String) throws -> Instant {
        guard let instant = Instant(text: text) else {
            throw ValidationError("\(name) \(text): expected a time such as 2026-07-01T00:00:00Z")
        }
        return instant
    }

    /// `FROM..TO`, half open; nil for all time.
    static func period(_ text: String?) throws -> WirePeriod? {
        guard let text else { return nil }
        let parts = text.split(separator: "..").map(String.init)
        guard parts.count == 2, let from = Instant(text: parts[0]), let to = Instant(text: parts[1]), from < to else {
            throw ValidationError("--period \(text): expected FROM..TO such as 2026-07-01..2026-10-01")
        }
        return .with {
            $0.from = from.wire
            $0.to = to.wire
        }
    }
}
