import RPC
import SwiftProtobuf
import Synchronization

/// A transport whose address is known only later: services of one process that take any free port are built before
/// they listen.
final class LateTransport: RPCTransport {
    private let transport = Mutex<(any RPCTransport)?>(nil)

    func connect(to transport: any RPCTransport) {
        self.transport.withLock { $0 = transport }
    }

    func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        guard let transport = transport.withLock({ $0 }) else {
            throw RPCError(.unavailable, "\(method.service) does not listen yet")
        }
        return try await transport.call(method, request, options)
    }
}
