import Kernel

/// Writing values as documents: what is absent, blank or empty is left out.
extension Tree {
    static func fields(_ fields: [(String, Tree?)]) -> Tree {
        .map(
            fields.compactMap { name, value in
                switch value {
                case nil, .text(""), .list([]), .map([]): nil
                case let value?: Entry(name, value)
                }
            })
    }

    static func number(_ number: Double?) -> Tree? {
        number.map { .number($0) }
    }

    static func span(_ span: TimeSpan?) -> Tree? {
        span.map { .text($0.text) }
    }

    static func texts(_ texts: [String]) -> Tree {
        .list(texts.map { .text($0) })
    }

    static func numbers(_ numbers: [Double]) -> Tree {
        .list(numbers.map { .number($0) })
    }

    static func choices<Choice: RawRepresentable>(_ choices: [Choice]) -> Tree where Choice.RawValue == String {
        .list(choices.map { .text($0.rawValue) })
    }
}
