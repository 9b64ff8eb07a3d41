import Logging
public import SwiftProtobuf
import Synchronization

/// Calls a dispatcher of the same process: no sockets, no encoding, the same errors.
///
/// The dispatcher is set later than the transport is made, since services that call each other form a ring.
public final class InProcessTransport: RPCTransport {
    private let dispatcher = Mutex<RPCDispatcher?>(nil)

    public init() {}

    public func connect(to dispatcher: RPCDispatcher) {
        self.dispatcher.withLock { $0 = dispatcher }
    }

    public func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        guard let dispatcher = dispatcher.withLock({ $0 }) else {
            throw RPCError(.unavailable, "\(method.service) is not there")
        }
        guard let route = dispatcher.routes[method.path] else {
            throw RPCError(.unimplemented, "\(method.path) is not served")
        }
        let context = RPCContext(
            path: method.path, requestID: options.requestID ?? options.parent?.requestID ?? "in-process",
            traceparent: options.parent?.traceparent, deadline: options.parent?.deadline,
            idempotencyKey: options.idempotencyKey, caller: "in-process",
            logger: options.parent?.logger ?? Logger(label: "accord.in-process"))
        do {
            guard let response = try await dispatcher.answer(request, context, route: route) as? Response else {
                throw RPCError(.internal, "the answer has another type than \(Response.protoMessageName)")
            }
            return response
        } catch let error as RPCError {
            throw error
        } catch {
            throw RPCError(.internal, "internal error", cause: error)
        }
    }
}
