/// A fault of an agreement's document, or a warning about it.
public struct AgreementFault: Error, Hashable, Sendable {
    /// What kind of fault it is.
    public enum Code: String, Sendable, CaseIterable {
        /// Not UTF-8.
        case encoding
        /// Neither YAML nor JSON.
        case syntax
        /// Too large, too deep or too many.
        case limit
        /// An anchor, an alias or a tag.
        case anchor
        /// A key, an id or an entry twice.
        case duplicate
        /// A name that does not exist: of a field, an operator, a choice, a zone, a calendar, a pool.
        case unknown
        case missing
        /// A value of another kind: a number for a text, a list for a map.
        case type
        /// A value of the right kind that does not do.
        case value
        /// Contradicts another part.
        case conflict
        /// Can never happen, so that it says nothing.
        case unreachable

        /// A warning: territories of two rules share leads that only the first gets.
        case overlap
        /// A warning: leads that do not fit can qualify.
        case fit
        /// A warning: nothing refers to it.
        case unused
        /// A warning: valid, but hardly meant.
        case doubtful
    }

    public var code: Code
    /// Such as `scoring.fit[0].points`; empty for the whole document.
    public var path: String
    public var found: String
    public var expected: String
    /// The valid name nearest to what was found, if one is near.
    public var suggestion: String?
    /// 1-based, of the value, or of the key where the key is at fault or the value fills several lines; of the nearest
    /// surrounding part where something is lacking. Nil where the input has no lines.
    public var line: Int?
    public var column: Int?

    public init(
        _ code: Code, path: String, found: String, expected: String, suggestion: String? = nil, line: Int? = nil,
        column: Int? = nil
    ) {
        self.code = code
        self.path = path
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
        self.line = line
        self.column = column
    }

    /// Such as `line 4, column 5: scoring.fit[0].pionts: found pionts, expected one of ...; did you mean points?`
    public var text: String {
        (line.map { "line \($0), column \(column ?? 1): " } ?? "") + sentence
    }

    /// The same without its place in the text.
    public var sentence: String {
        let text = (path.isEmpty ? "" : "\(path): ") + "found \(found), expected \(expected)"
        return suggestion.map { "\(text); did you mean \($0)?" } ?? text
    }
}

/// All faults of a document, in the order of its lines.
public struct AgreementFaults: Error, Hashable, Sendable {
    public var faults: [AgreementFault]

    public init(faults: [AgreementFault]) {
        self.faults = faults
    }
}
