import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import SwiftProtobuf

extension AgreementCommand {
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
                Terminal.say(try WireBadRequest.with { $0.violations = faults }.jsonString())
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
}
