public import SwiftProtobuf

/// Carries one call to a service and its answer back: over HTTP, or within the process.
public protocol RPCTransport: Sendable {
    /// - Throws: ``RPCError``, always.
    func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response
}
