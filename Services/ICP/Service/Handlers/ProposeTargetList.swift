import Contracts
import GRDB
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Stores a list as its next revision; the same list again returns what is open or in force already.
    func proposeTargetList(
        _ request: WireProposeTargetListRequest, _ context: RPCContext
    ) async throws -> WireProposeTargetListResponse {
        let violations = Self.violations(of: request)
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        return try await store.command(context) { transaction in
            let list = try Self.list(of: request, transaction.database)
            let revision = try TargetListStore.propose(
                list, as: request.listID, by: request.proposedBy, comment: request.comment, in: transaction)
            let record = try TargetListStore.revision(request.listID, revision, transaction.database)
            return .with { if let record { $0.revision = record.wire(withTargets: true) } }
        }
    }

    /// With each account by the id that it has now.
    private static func list(of request: WireProposeTargetListRequest, _ database: Database) throws -> TargetList {
        var violations: [WireFieldViolation] = []
        var targets: [TargetList.Target] = []
        var places: [String: Int] = [:]
        for (index, target) in request.targets.enumerated() {
            let path = "targets[\(index)].account_id"
            if let root = try AccountStore.rootID(target.accountID, database) {
                if let other = places.updateValue(index, forKey: root) {
                    violations.append(
                        WireFieldViolation(
                            path, found: target.accountID, expected: "another account than targets[\(other)]"))
                }
                targets.append(TargetList.Target(target, accountID: root))
            } else {
                violations.append(WireFieldViolation(path, found: target.accountID, expected: "a stored account"))
            }
        }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        return TargetList(name: request.name, targets: targets)
    }

    private static func violations(of request: WireProposeTargetListRequest) -> [WireFieldViolation] {
        var violations =
            Limits.name(request.listID, "list_id") + Limits.name(request.name, "name")
            + Limits.name(request.proposedBy, "proposed_by") + Limits.comment(request.comment, "comment")
            + Limits.entries(request.targets.count, "targets", most: Limits.targets)
        guard violations.isEmpty else { return violations }
        for (index, target) in request.targets.enumerated() {
            let path = "targets[\(index)]"
            violations += Limits.name(target.accountID, "\(path).account_id") + Limits.text(target.note, "\(path).note")
            violations +=
                Limits.text(target.marketingOwner, "\(path).marketing_owner")
                + Limits.text(target.salesOwner, "\(path).sales_owner")
            let fault = TargetList.fault(marketingOwner: target.marketingOwner, salesOwner: target.salesOwner)
            if let fault {
                violations.append(
                    WireFieldViolation("\(path).sales_owner", found: fault.found, expected: fault.expected))
            }
        }
        return violations
    }
}
