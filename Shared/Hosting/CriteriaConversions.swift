public import Contracts
public import Criteria

/// The one crossing between criteria on the wire and criteria in domains; every service's `Conversions.swift` uses it.
extension Criteria {
    /// - Parameter path: where the tree stands in the request, for faults.
    /// - Throws: ``CriteriaFaults`` with every fault of shape.
    public init(_ wire: WireCriteria, path: String) throws(CriteriaFaults) {
        throw CriteriaFaults(faults: [CriteriaFault(path: path, found: "criteria", expected: "an implementation")])
    }
}
