import Contracts
import Criteria
import Foundation
import Hosting
import Kernel
import SwiftProtobuf

/// Evaluates rules on leads and says what it took: `RuleSpeed RULES.json ROUNDS`, where the file is the JSON of an
/// `EvaluateCriteriaRequest`.
///
/// Prints `{"together": [microseconds a lead, of each round], "apart": [...], "matches": [[indices of the rules that
/// hold], ...]}`: the rules as one set, and each on its own. A lead's values are put into a record each time; the rules
/// are compiled once, before.
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
        let race = Race(catalogue: catalogue, rules: rules, leads: leads, now: Instant(request.at))
        FileHandle.standardOutput.write(try JSONEncoder().encode(race.run(rounds)))
    }
}

/// The rules as one set against each on its own.
private struct Race {
    let catalogue: FieldCatalogue
    let rules: [CompiledCriteria]
    let leads: [[(String, FieldValue)]]
    let now: Instant

    func run(_ rounds: Int) -> Result {
        let set = CriteriaSet(rules)
        let matches = leads.map { lead in
            let verdicts = set.verdicts(record(lead), now: now)
            return verdicts.indices.filter { verdicts[$0] == .true }
        }
        let held = matches.reduce(0) { $0 + $1.count }
        let together = measure(rounds, held) { lead in
            set.verdicts(record(lead), now: now).count { $0 == .true }
        }
        let apart = measure(rounds, held) { lead in
            let record = record(lead)
            return rules.count { $0.evaluate(record, now: now) == .true }
        }
        return Result(together: together, apart: apart, matches: matches)
    }

    /// Microseconds a lead of each round, in which as many rules hold as should.
    private func measure(_ rounds: Int, _ matches: Int, _ way: ([(String, FieldValue)]) -> Int) -> [Double] {
        (0..<rounds).map { _ in
            var held = 0
            let time = ContinuousClock().measure {
                for lead in leads { held += way(lead) }
            }
            precondition(held == matches)
            return time / .microseconds(1) / Double(leads.count)
        }
    }

    private func record(_ lead: [(String, FieldValue)]) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (field, value) in lead { record[field] = value }
        return record
    }
}

private struct Result: Encodable {
    var together: [Double]
    var apart: [Double]
    var matches: [[Int]]
}
