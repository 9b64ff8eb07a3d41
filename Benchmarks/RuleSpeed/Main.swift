import Contracts
import Criteria
import Foundation
import Hosting
import Kernel
import SwiftProtobuf

/// Evaluates rules on leads and says what it took: `RuleSpeed RULES.json ROUNDS`, where the file is the JSON of an
/// `EvaluateCriteriaRequest`.
///
/// Prints `{"microseconds": [per lead, of each round], "matches": [[indices of the rules that hold], ...]}`. A lead's
/// values are put into a record each time; the rules are compiled once, before.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let rounds = Int(arguments[2]) else {
            throw CocoaError(.featureUnsupported, userInfo: [NSLocalizedDescriptionKey: "RuleSpeed RULES.json ROUNDS"])
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: arguments[1]))
        let request = try WireEvaluateCriteriaRequest(jsonUTF8Data: bytes)
        let catalogue = FieldCatalogue(.with { $0.fields = request.fields })
        let rules = try request.criteria.map {
            try CompiledCriteria(Criteria($0.when, path: $0.id), catalogue: catalogue)
        }
        let leads = request.records.map { $0.fields.compactMapValues { FieldValue($0) }.map { ($0.key, $0.value) } }
        let now = Instant(request.at)
        var matches = leads.map { _ in [Int]() }
        for (index, lead) in leads.enumerated() {
            let record = record(lead, catalogue)
            matches[index] = rules.indices.filter { rules[$0].evaluate(record, now: now) == .true }
        }
        var microseconds: [Double] = []
        var held = 0
        for _ in 0..<rounds {
            let time = ContinuousClock().measure {
                for lead in leads {
                    let record = record(lead, catalogue)
                    for rule in rules where rule.evaluate(record, now: now) == .true { held += 1 }
                }
            }
            microseconds.append(time / .microseconds(1) / Double(leads.count))
        }
        precondition(held == rounds * matches.reduce(0) { $0 + $1.count })
        let result = Result(microseconds: microseconds, matches: matches)
        FileHandle.standardOutput.write(try JSONEncoder().encode(result))
    }

    private static func record(_ lead: [(String, FieldValue)], _ catalogue: FieldCatalogue) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (field, value) in lead { record[field] = value }
        return record
    }
}

private struct Result: Encodable {
    var microseconds: [Double]
    var matches: [[Int]]
}
