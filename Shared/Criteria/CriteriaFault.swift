/// A fault of a criteria tree: where, what was found, what was expected.
public struct CriteriaFault: Error, Hashable, Sendable {
    /// Such as `all[1].op`.
    public var path: String
    public var found: String
    public var expected: String
    /// The valid name nearest to what was found, if one is near.
    public var suggestion: String?

    public init(path: String, found: String, expected: String, suggestion: String? = nil) {
        self.path = path
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }
}

/// All faults of a criteria tree, in the order of the tree.
public struct CriteriaFaults: Error, Hashable, Sendable {
    public var faults: [CriteriaFault]

    public init(faults: [CriteriaFault]) {
        self.faults = faults
    }
}
