import Criteria
import Kernel

/// The moment of every test of criteria.
let now = Instant(seconds: 1_780_000_000)

let catalogue = FieldCatalogue(custom: [("plan", .text), ("vip", .boolean), ("renewal", .date)])

/// A record of the test catalogue.
func record(_ values: [String: FieldValue]) -> FieldRecord {
    var record = FieldRecord(catalogue)
    for (name, value) in values { record[name] = value }
    return record
}

func leaf(_ field: String, _ op: CriteriaOperator, _ value: FieldValue? = nil) -> Criteria {
    .leaf(Criteria.Leaf(field: field, op: op, value: value))
}

func texts(_ texts: String...) -> FieldValue {
    .list(texts.map(FieldValue.text))
}

func verdict(_ criteria: Criteria, _ values: [String: FieldValue] = [:]) throws -> Verdict {
    try CompiledCriteria(criteria, catalogue: catalogue).evaluate(record(values), now: now)
}

/// The faults of a tree, empty where there are none.
func faults(
    _ criteria: Criteria, path: String = "", scope: CriteriaScope = .any, limits: CriteriaLimits = .standard
) -> [CriteriaFault] {
    do throws(CriteriaFaults) {
        _ = try CompiledCriteria(criteria, catalogue: catalogue, path: path, scope: scope, limits: limits)
        return []
    } catch {
        return error.faults
    }
}
