import ArgumentParser
import Foundation
import ICPDomain
import Kernel

extension AgreementCommand {
    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a commented agreement to start from, and its schema beside it.",
            discussion: """
                On a terminal it asks what is not given. The file is valid as it is.

                Example: accord agreement init agreement.yaml --motion inbound --regions emea,amer --follow-up 4h
                """)

        @Argument(help: "The file to write; - prints it instead.")
        var file = "agreement.yaml"
        @Option(help: "Who agrees.")
        var name: String?
        @Option(help: "ISO 4217.", transform: Self.currency)
        var currency = "USD"
        @Option(help: "How you sell: \(Self.words(AgreementStarter.Motion.self)).", transform: Self.motion)
        var motion: AgreementStarter.Motion?
        @Option(
            help: "Where your teams work, by commas: \(Self.words(AgreementStarter.Region.self)).",
            transform: Self.regions)
        var regions: [AgreementStarter.Region]?
        @Option(help: "Working time until a lead is touched, such as 4h or 30m.", transform: Self.span)
        var followUp: TimeSpan?
        @Flag(help: "Overwrite what is there.")
        var force = false
        @OptionGroup var output: OutputOptions

        func run() throws {
            let printed = file == "-"
            let path = URL(fileURLWithPath: file)
            let schema = path.deletingLastPathComponent().appendingPathComponent("agreement.schema.json")
            if !printed { try refuseOverwriting([path, schema]) }
            var starter = try answers()
            if printed { return Terminal.say(String(starter.text.dropLast())) }
            starter.schema = schema.lastPathComponent
            try Data(starter.text.utf8).write(to: path, options: .atomic)
            try Data((Agreement.schema + "\n").utf8).write(to: schema, options: .atomic)
            let written = [path.relativePath, schema.relativePath]
            Terminal.say(
                output.json
                    ? String(decoding: try JSONEncoder().encode(["files": written]), as: UTF8.self)
                    : "wrote \(written[0]) and, for editors, \(written[1])\ncheck it with: accord agreement lint \(file)"
            )
        }

        private func refuseOverwriting(_ files: [URL]) throws {
            let taken = files.filter { file in
                guard !force, let there = try? Data(contentsOf: file) else { return false }
                return there != Data((Agreement.schema + "\n").utf8)
            }
            for file in taken { Terminal.complain("\(file.relativePath) is there already; --force overwrites it") }
            if !taken.isEmpty { throw ExitReason.badInput }
        }

        private func answers() throws -> AgreementStarter {
            let standard = AgreementStarter()
            return AgreementStarter(
                name: try name ?? ask("Who agrees", standard.name) { $0 }, currency: currency,
                motion: try motion
                    ?? ask("How do you sell (\(Self.words(AgreementStarter.Motion.self)))", standard.motion.rawValue) {
                        try Self.motion($0)
                    },
                regions: try regions
                    ?? ask("Where do your teams work (\(Self.words(AgreementStarter.Region.self)))", "amer") {
                        try Self.regions($0)
                    },
                followUp: try followUp
                    ?? ask("How soon is a lead touched, in working time", standard.followUp.text) { try Self.span($0) })
        }

        /// Asks until the answer will do; where no one can answer, the standard is taken.
        private func ask<Answer>(_ question: String, _ standard: String, _ read: (String) throws -> Answer) throws
            -> Answer
        {
            guard isatty(0) == 1, Terminal.errorIsTerminal else { return try read(standard) }
            while true {
                Terminal.ask("\(question) [\(standard)]: ")
                let line = readLine()?.trimmingCharacters(in: .whitespaces) ?? ""
                do {
                    return try read(line.isEmpty ? standard : line)
                } catch let error as ValidationError {
                    Terminal.complain(error.message)
                }
            }
        }

        // MARK: - Arguments

        private static func words<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> String
        where Choice.RawValue == String {
            Choice.allCases.map(\.rawValue).joined(separator: ", ")
        }

        private static func currency(_ text: String) throws -> String {
            guard text.utf8.count == 3, text.utf8.allSatisfy({ (65...90).contains($0) }) else {
                throw ValidationError("expected an ISO 4217 code such as USD")
            }
            return text
        }

        private static func motion(_ text: String) throws -> AgreementStarter.Motion {
            guard let motion = AgreementStarter.Motion(rawValue: text) else {
                throw ValidationError("expected one of \(words(AgreementStarter.Motion.self))")
            }
            return motion
        }

        private static func regions(_ text: String) throws -> [AgreementStarter.Region] {
            let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let regions = names.compactMap(AgreementStarter.Region.init)
            guard !regions.isEmpty, regions.count == names.count, Set(regions).count == regions.count else {
                throw ValidationError("expected some of \(words(AgreementStarter.Region.self)), each once")
            }
            return regions
        }

        private static func span(_ text: String) throws -> TimeSpan {
            guard let span = TimeSpan(text: text), span.microseconds > 0 else {
                throw ValidationError("expected a duration such as 30m, 4h or 2d")
            }
            return span
        }
    }
}
