import Contracts
import Kernel
import SwiftProtobuf

/// Random criteria over the fields of the Fortune 1000, with values that occur there.
struct FortuneTrees {
    private static let texts: [(field: String, values: [String])] = [
        ("company.name", ["Walmart", "apple", "Estée Lauder", "Group", "co", "american", "E"]),
        ("company.industry", ["Technology", "FINANCIALS", "Energy", "health care", "Retailing", "e"]),
        ("company.region", ["CA", "tx", "NY", "IL", "OK"]),
        ("company.city", ["New York", "houston", "san", "Chicago"]),
        ("company.domain", ["com", "www.", "investor", ".org", "amazon.com"]), ("company.country", ["US", "DE"]),
        ("custom.newcomer", ["yes", "no"]), ("custom.ticker", ["A", "WMT", "X"]),
        ("custom.ceo", ["John", "Mary", "J.", "son", "ö"]),
    ]
    private static let numbers: [(field: String, values: [Double])] = [
        ("company.employees", [0, 2_000, 5_000, 12_000, 30_000, 150_000]),
        ("company.annual_revenue", [2e9, 4_408_700_000, 6_554e6, 9_909e6, 20e9]),
        ("custom.profit", [-100, 0, 96, 1_363]),
        ("custom.rank_change", [-5, 0, 3]), ("custom.prev_rank", [10, 210, 400]),
        ("custom.market_cap", [574.9, 1_520.4, 20_000]),
    ]
    private static let globs = ["*a*", "?a*", "*", "*co*", "a*e", "*.com", "??", "*a*e*i*"]
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func tree(depth: Int) -> WireCriteria {
        guard depth > 1, Int.random(in: 0..<10, using: &random) < 7 else { return leaf() }
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(depth: depth - 1) }
        return switch Int.random(in: 0...2, using: &random) {
        case 0: .with { $0.all = parts }
        case 1: .with { $0.any = parts }
        default: .with { $0.none = parts }
        }
    }

    private mutating func leaf() -> WireCriteria {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: text()
        case 5..<9: number()
        default: Self.leaf("custom.ceo_woman", pick(["eq", "ne"]), .init(boolValue: Bool.random(using: &random)))
        }
    }

    private mutating func text() -> WireCriteria {
        let (field, values) = pick(Self.texts)
        let op = pick([
            "eq", "ne", "in", "not_in", "contains", "contains_any", "contains_all", "starts_with", "ends_with", "glob",
            "exists", "missing",
        ])
        switch op {
        case "exists", "missing": return Self.leaf(field, op, nil)
        case "glob": return Self.leaf(field, op, .init(stringValue: pick(Self.globs)))
        case "in", "not_in", "contains_any", "contains_all":
            let wanted = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Google_Protobuf_Value(stringValue: pick(values))
            }
            return Self.leaf(field, op, .init(listValue: .with { $0.values = wanted }))
        default: return Self.leaf(field, op, .init(stringValue: pick(values)))
        }
    }

    private mutating func number() -> WireCriteria {
        let (field, values) = pick(Self.numbers)
        let op = pick(["eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "between", "exists", "missing"])
        let pair = [pick(values), pick(values)].sorted().map { Google_Protobuf_Value(numberValue: $0) }
        switch op {
        case "exists", "missing": return Self.leaf(field, op, nil)
        case "in", "not_in", "between": return Self.leaf(field, op, .init(listValue: .with { $0.values = pair }))
        default: return Self.leaf(field, op, pair[0])
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private static func leaf(_ field: String, _ op: String, _ value: Google_Protobuf_Value?) -> WireCriteria {
        .with {
            $0.field = field
            $0.op = op
            if let value { $0.value = value }
        }
    }
}
