import HTTPTypes
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
        let context = context(of: method.path, options)
        defer { options.response?.copy(from: context.response) }
        do {
            guard let response = try await dispatcher.answer(request, context, route: route) as? Response else {
                throw RPCError(.internal, "the answer has another type than \(Response.protoMessageName)")
            }
            return response
        } catch {
            throw RPCError(caught: error)
        }
    }

    private func context(of path: String, _ options: CallOptions) -> RPCContext {
        var headers = HTTPFields()
        for (name, value) in options.headers {
            guard let name = HTTPField.Name(name), !ReservedHeader.contains(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        let deadline = options.timeout == nil ? options.parent?.deadline : options.deadline(from: .now)
        return RPCContext(
            path: path, requestID: options.requestID ?? options.parent?.requestID ?? "in-process",
            traceparent: options.parent?.traceparent, deadline: deadline, idempotencyKey: options.idempotencyKey,
            caller: "in-process", logger: options.parent?.logger ?? Logger(label: "accord.in-process"),
            headers: headers)
    }
}
