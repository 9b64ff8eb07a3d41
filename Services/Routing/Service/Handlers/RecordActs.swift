import Contracts
import Platform
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// Refusals change nothing, so that all acts are done in one go; only where one failed halfway is each done again by
    /// itself, to be undone by itself.
    func recordActs(
        _ request: WireRecordActsRequest, _ context: RPCContext
    ) async throws -> WireRecordActsResponse {
        var faults = Faults()
        faults.requireCount(request.acts.count, "acts", most: batchLimit)
        try faults.check()
        let items = request.acts.enumerated().map { ActItem($1, path: "acts[\($0)]", ids) }
        do {
            return try await store.command(context) { try results(of: items, eachAlone: false, $0) }
        } catch is FailedHalfway {
            return try await store.command(context) { try results(of: items, eachAlone: true, $0) }
        }
    }

    /// - Throws: ``FailedHalfway`` where one failed that is not done by itself, and has changed something before.
    private func results(
        of items: [ActItem], eachAlone: Bool, _ transaction: StoreTransaction
    ) throws -> WireRecordActsResponse {
        let dispatch = Dispatch(transaction, library)
        let results = try items.enumerated().map { index, item in
            let before = transaction.changes
            do {
                let act = try item.act.get()
                var isChanged = false
                let perform = { isChanged = try dispatch.perform(act).isChanged }
                if eachAlone { try transaction.inSavepoint(perform) } else { try perform() }
                return WireItemResult(index, item.handoffID, isChanged ? .updated : .unchanged)
            } catch let refusal as RPCError {
                guard eachAlone || transaction.changes == before else { throw FailedHalfway() }
                return WireItemResult(index, item.handoffID, refusal: refusal)
            }
        }
        return .with { $0.results = results }
    }
}

/// An act of a batch: valid, or refused alone.
private struct ActItem: Sendable {
    let handoffID: String
    let act: Result<HandoffAct, any Error>

    init(_ act: WireHandoffAct, path: String, _ ids: any IDSource) {
        guard let (name, request) = act.request else {
            handoffID = ""
            self.act = .failure(
                RPCError.invalid(path, found: "nothing", expected: "accept, reject, activity or qualify"))
            return
        }
        handoffID = request.handoffID
        self.act = Result { try request.act(ids, path: "\(path).\(name).") }
    }
}

/// An act failed and left changes behind: each has to be done by itself.
private struct FailedHalfway: Error {}
