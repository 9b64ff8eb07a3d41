import Kernel

/// Turns a leaf into its test, or says what is wrong with it.
struct FieldTestCompiler {
    let field: FieldCatalogue.Field
    let limits: CriteriaLimits

    /// What is wrong with the part of a leaf: `op` or `value`.
    struct Refusal: Error {
        let part: String
        let found: String
        let expected: String
    }

    static func operators(of type: FieldType) -> [CriteriaOperator] {
        switch type {
        case .text:
            [
                .eq, .ne, .isIn, .notIn, .contains, .containsAny, .containsAll, .startsWith, .endsWith, .glob,
                .exists, .missing,
            ]
        case .number: [.eq, .ne, .isIn, .notIn, .lt, .lte, .gt, .gte, .between, .exists, .missing]
        case .boolean: [.eq, .ne, .exists, .missing]
        case .date: [.eq, .ne, .lt, .lte, .gt, .gte, .between, .within, .olderThan, .exists, .missing]
        case .list: [.contains, .containsAny, .containsAll, .exists, .missing]
        }
    }

    func test(_ op: CriteriaOperator, _ value: FieldValue?) throws(Refusal) -> FieldTest {
        let operators = Self.operators(of: field.type)
        guard operators.contains(op) else {
            throw Refusal(
                part: "op", found: op.rawValue,
                expected: "an operator for \(field.type.rawValue): "
                    + operators.map(\.rawValue).joined(separator: " "))
        }
        if op == .exists || op == .missing {
            if let value { throw Refusal(part: "value", found: value.text, expected: "no value with \(op.rawValue)") }
            return op == .exists ? .exists : .missing
        }
        guard let value else { throw Refusal(part: "value", found: "nothing", expected: "a value for \(op.rawValue)") }
        switch field.type {
        case .text: return try text(op, value)
        case .number: return try number(op, value)
        case .boolean: return try boolean(op, value)
        case .date: return try date(op, value)
        case .list: return try list(op, value)
        }
    }

    private func text(_ op: CriteriaOperator, _ value: FieldValue) throws(Refusal) -> FieldTest {
        switch op {
        case .isIn, .notIn: return .textIn(Set(try texts(value)), negated: op == .notIn)
        case .containsAny: return .textContainsAny(try texts(value).map { Array($0.utf8) })
        case .containsAll: return .textContainsAll(try texts(value).map { Array($0.utf8) })
        case .contains: return .textContainsAny([Array(try one(value).utf8)])
        case .startsWith: return .textStarts(Array(try one(value).utf8))
        case .endsWith: return .textEnds(Array(try one(value).utf8))
        case .glob:
            let pattern = try one(value)
            guard pattern.utf8.count <= limits.globBytes else {
                throw refusal("a pattern of \(pattern.utf8.count) bytes", "at most \(limits.globBytes) bytes")
            }
            return .textGlob(Glob(pattern))
        default: return .textEqual(try one(value), negated: op == .ne)
        }
    }

    private func number(_ op: CriteriaOperator, _ value: FieldValue) throws(Refusal) -> FieldTest {
        switch op {
        case .isIn, .notIn:
            var numbers: Set<Double> = []
            for entry in try entries(value) { numbers.insert(try number(entry)) }
            return .numberIn(numbers, negated: op == .notIn)
        case .between:
            let (low, high) = try bounds(value)
            let (from, to) = (try number(low), try number(high))
            guard from <= to else { throw refusal(value.text, "[low, high] with low <= high") }
            return .number(from...to)
        case .lt: return .number(-.infinity...(try number(value)).nextDown)
        case .lte: return .number(-.infinity...(try number(value)))
        case .gt: return .number((try number(value)).nextUp...(.infinity))
        case .gte: return .number((try number(value))...(.infinity))
        default: return .numberIn([try number(value)], negated: op == .ne)
        }
    }

    private func boolean(_ op: CriteriaOperator, _ value: FieldValue) throws(Refusal) -> FieldTest {
        guard case .boolean(let boolean) = value else { throw refusal(value.text, "true or false") }
        return .boolean(op == .eq ? boolean : !boolean)
    }

    private func date(_ op: CriteriaOperator, _ value: FieldValue) throws(Refusal) -> FieldTest {
        switch op {
        case .within: return .dateWithin(try span(value))
        case .olderThan: return .dateOlder(try span(value))
        case .between:
            let (low, high) = try bounds(value)
            let (from, to) = (try date(low), try date(high))
            guard from <= to else { throw refusal(value.text, "[from, to] with from <= to") }
            return .date(from...to, negated: false)
        case .lt: return .date(.min...(try date(value) - 1), negated: false)
        case .lte: return .date(.min...(try date(value)), negated: false)
        case .gt: return .date((try date(value) + 1)...(.max), negated: false)
        case .gte: return .date((try date(value))...(.max), negated: false)
        default:
            let date = try date(value)
            return .date(date...date, negated: op == .ne)
        }
    }

    private func list(_ op: CriteriaOperator, _ value: FieldValue) throws(Refusal) -> FieldTest {
        switch op {
        case .containsAny: .listContainsAny(Set(try scalars(value)))
        case .containsAll: .listContainsAll(try scalars(value))
        default: .listContainsAny([try scalar(value)])
        }
    }
}

// MARK: - Values

extension FieldTestCompiler {
    private func refusal(_ found: String, _ expected: String) -> Refusal {
        Refusal(part: "value", found: found, expected: expected)
    }

    private func one(_ value: FieldValue) throws(Refusal) -> String {
        guard case .text(let text) = value, !text.isEmpty else { throw refusal(value.text, "a text") }
        guard text.utf8.count <= limits.textBytes else {
            throw refusal("\(text.utf8.count) bytes", "a text of at most \(limits.textBytes) bytes")
        }
        return text.lowercased()
    }

    private func texts(_ value: FieldValue) throws(Refusal) -> [String] {
        var texts: [String] = []
        for entry in try entries(value) { texts.append(try one(entry)) }
        return texts
    }

    private func scalar(_ value: FieldValue) throws(Refusal) -> String {
        switch value {
        case .number, .boolean: value.text
        default: try one(value)
        }
    }

    private func scalars(_ value: FieldValue) throws(Refusal) -> [String] {
        var texts: [String] = []
        for entry in try entries(value) { texts.append(try scalar(entry)) }
        return texts
    }

    private func entries(_ value: FieldValue) throws(Refusal) -> [FieldValue] {
        guard case .list(let entries) = value, !entries.isEmpty else {
            throw refusal(value.text, "a list with at least one entry")
        }
        guard entries.count <= limits.listEntries else {
            throw refusal("\(entries.count) entries", "at most \(limits.listEntries) entries")
        }
        return entries
    }

    private func bounds(_ value: FieldValue) throws(Refusal) -> (FieldValue, FieldValue) {
        guard case .list(let entries) = value, entries.count == 2 else { throw refusal(value.text, "[low, high]") }
        return (entries[0], entries[1])
    }

    private func number(_ value: FieldValue) throws(Refusal) -> Double {
        guard case .number(let number) = value, number.isFinite else { throw refusal(value.text, "a number") }
        return number
    }

    private func date(_ value: FieldValue) throws(Refusal) -> Int64 {
        switch value {
        case .date(let date): return date.microseconds
        case .text(let text):
            if let date = Instant(text: text) { return date.microseconds }
        default: break
        }
        throw refusal(value.text, "a date such as 2026-03-01 or 2026-03-01T09:30:00Z")
    }

    private func span(_ value: FieldValue) throws(Refusal) -> Int64 {
        guard case .text(let text) = value, let span = TimeSpan(text: text) else {
            throw refusal(value.text, "a duration such as 30d or 12h")
        }
        return span.microseconds
    }
}
