/// A fault of an agreement's document.
public struct AgreementFault: Error, Hashable, Sendable {
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
        path: String, found: String, expected: String, suggestion: String? = nil, line: Int? = nil,
        column: Int? = nil
    ) {
        self.path = path
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
        self.line = line
        self.column = column
    }

    /// Such as `line 4, column 5: scoring.fit[0].pionts: found pionts, expected one of ...; did you mean points?`
    public var text: String {
        var text = line.map { "line \($0), column \(column ?? 1): " } ?? ""
        if !path.isEmpty { text += "\(path): " }
        text += "found \(found), expected \(expected)"
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
