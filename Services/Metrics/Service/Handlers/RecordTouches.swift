import Contracts
import Hosting
import MetricsDomain
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    func recordTouches(
        _ request: WireRecordTouchesRequest, _ context: RPCContext
    ) async throws -> WireRecordTouchesResponse {
        let items = try BatchItem.parse(request.touches, name: "touches", id: \.touchID) {
            Touch($0, path: $1, faults: &$2)
        }
        return try await store.command(context) { transaction in
            try .with {
                $0.results = try BatchItem.results(items) { touch in
                    try erased.refuse(touch.leadID, transaction.database)
                    return try transaction.database.put(touch)
                }
            }
        }
    }
}
