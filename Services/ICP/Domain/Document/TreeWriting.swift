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

    static func texts(_ texts: [String]) -> Tree {
        .list(texts.map { .text($0) })
    }

    static func numbers(_ numbers: [Double]) -> Tree {
        .list(numbers.map { .number($0) })
    }
}
