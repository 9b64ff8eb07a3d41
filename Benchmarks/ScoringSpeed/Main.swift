import Contracts
import Foundation
import Kernel

/// Measures Scoring where it has much to do.
///
///     ScoringSpeed make AGREEMENT STORE LEADS    a store of so many leads, each with ten engagements
///     ScoringSpeed rescore AGREEMENT STORE VERSION    all of them under another version; changes the store
///
/// AGREEMENT is `Benchmarks/scoring-agreement.json`. What is found is printed as JSON.
@main
struct Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("rescore", 4):
            let found = try await Rescoring(
                arguments[2], version: number(arguments[3]), agreements: Agreements.read(arguments[1]))
            FileHandle.standardOutput.write(try JSONEncoder().encode(found))
        case ("make", 4):
            let leads = try number(arguments[3])
            let agreements = try Agreements.read(arguments[1])
            try await StoreMaking.make(arguments[2], leads: leads, seed: 2026, agreements: agreements)
        default: throw BenchFailure("ScoringSpeed make AGREEMENT STORE LEADS")
        }
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), number > 0 else { throw BenchFailure("\(text) is no number above 0") }
        return number
    }
}
