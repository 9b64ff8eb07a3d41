import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AgreementCommand {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a file without sending it anywhere; every fault and doubt with its line.",
            discussion: """
                A fault makes the agreement invalid; a warning is about what is valid but hardly meant.

                Example: accord agreement lint agreement.yaml
                """)

        @Argument(help: "The agreement: YAML or JSON.")
        var file: String
        @Flag(help: "End with code 2 where there are warnings.")
        var strict = false
        @OptionGroup var output: OutputOptions

        func run() throws {
            let lint = try AgreementLint(file: file)
            if output.json {
                let faults = try WireFieldViolation.jsonString(from: lint.faults)
                let warnings = try WireFieldViolation.jsonString(from: lint.warnings)
                Terminal.say("{\"violations\":\(faults),\"warnings\":\(warnings)}")
            } else {
                for fault in lint.faults { Terminal.complain(line(fault, "")) }
                for warning in lint.warnings { Terminal.complain(line(warning, "warning: ")) }
                if lint.faults.isEmpty { Terminal.say("\(file): no fault") }
            }
            if !lint.faults.isEmpty { throw ExitReason.badInput }
            if strict, !lint.warnings.isEmpty { throw ExitReason.found }
        }

        private func line(_ fault: WireFieldViolation, _ kind: String) -> String {
            "\(file):\(fault.line):\(fault.column): \(kind)\(AgreementText.sentence(fault))"
        }
    }
}
