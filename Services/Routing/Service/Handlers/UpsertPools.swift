import Contracts
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// Members who stay keep their turn. What waits is decided again in the same transaction.
    func upsertPools(
        _ request: WireUpsertPoolsRequest, _ context: RPCContext
    ) async throws -> WireUpsertPoolsResponse {
        var faults = Faults()
        faults.requireCount(request.pools.count, "pools", most: batchLimit)
        try faults.check()
        return try await store.command(context) { transaction in
            let dispatch = Dispatch(transaction, library)
            let results = try request.pools.enumerated().map { index, pool in
                let violations = try pool.faults("pools[\(index)]", knows: dispatch.roster.knows(rep:)).violations
                let status = violations.isEmpty ? try dispatch.roster.upsert(pool.withDefaults) : .failed
                return WireItemResult(index, pool.poolID, status, violations: violations)
            }
            if results.contains(where: { $0.status == .created || $0.status == .updated }) {
                try dispatch.drain(.roster, at: transaction.now)
            }
            return .with { $0.results = results }
        }
    }
}

extension WirePool {
    fileprivate func faults(_ path: String, knows: (String) throws -> Bool) rethrows -> Faults {
        var faults = Faults()
        faults.requireText(poolID, "\(path).pool_id")
        faults.requireCount(members.count, "\(path).members", most: batchLimit)
        var seen: Set<String> = []
        for (index, member) in members.enumerated() {
            let path = "\(path).members[\(index)]"
            let known = try knows(member.repID)
            faults.require(
                known, "\(path).rep_id", found: member.repID.isEmpty ? "nothing" : member.repID,
                expected: "a rep that UpsertReps has stored")
            faults.require(
                seen.insert(member.repID).inserted, "\(path).rep_id", found: "\(member.repID) again",
                expected: "each rep once")
            faults.require(
                (0...FairTurn.maximumWeight).contains(Int(member.weight)), "\(path).weight", found: "\(member.weight)",
                expected: "1 to \(FairTurn.maximumWeight), or 0 for 1")
        }
        return faults
    }

    fileprivate var withDefaults: WirePool {
        var pool = self
        for index in pool.members.indices where pool.members[index].weight == 0 { pool.members[index].weight = 1 }
        return pool
    }
}
