import Contracts
import Foundation
import Kernel

/// Measures Scoring where it has much to do.
///
///     ScoringSpeed make AGREEMENT STORE LEADS    a store of so many leads, each with ten engagements
///     ScoringSpeed rescore AGREEMENT STORE VERSION    all of them under another version; changes the store
///     ScoringSpeed updates AGREEMENT LEADS ROUNDS    engagement counted in memory
///     ScoringSpeed backtest AGREEMENT STORE    version 2 against version 1
///
/// AGREEMENT is `Benchmarks/scoring-agreement.json`. What is found is printed as JSON.
@main
struct Main {
    static func main() async {
        do {
            try await run()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("make", 4):
            let leads = try number(arguments[3])
            let agreements = try Agreements.read(arguments[1])
            try await StoreMaking.make(arguments[2], leads: leads, seed: 2026, agreements: agreements)
        case ("rescore", 4):
            let found = try await Rescoring(
                arguments[2], version: number(arguments[3]), agreements: Agreements.read(arguments[1]))
            FileHandle.standardOutput.write(try JSONEncoder().encode(found))
        case ("updates", 4):
            let agreement = try Agreements.read(arguments[1])[0]
            let found = try Updating(
                leads: number(arguments[2]), rounds: number(arguments[3]), agreement: agreement)
            FileHandle.standardOutput.write(try JSONEncoder().encode(found))
        case ("backtest", 3):
            let found = try await Playing(arguments[2], agreements: Agreements.read(arguments[1]))
            FileHandle.standardOutput.write(try JSONEncoder().encode(found))
        default: throw BenchFailure("ScoringSpeed make|rescore|updates|backtest AGREEMENT ...; see its source")
        }
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), number > 0 else { throw BenchFailure("\(text) is no number above 0") }
        return number
    }
}
