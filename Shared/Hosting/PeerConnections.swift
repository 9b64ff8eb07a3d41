import RPC
import SwiftProtobuf

/// Connections to the five services over HTTP.
public struct PeerConnections: Sendable {
    private let urls: [ServiceName: String]
    private let transports: [ServiceName: RPCHTTPTransport]

    /// - Parameters:
    ///   - urls: such as `http://127.0.0.1:7101`.
    ///   - token: brought to each of them.
    public init(urls: [ServiceName: String], token: String?) {
        var configuration = RPCClientConfiguration()
        configuration.bearerToken = token
        self.urls = urls
        transports = urls.mapValues { RPCHTTPTransport(baseURL: $0, configuration: configuration) }
    }

    /// A transport to each, for a service that asks another on behalf of its own callers; one that was not named is
    /// never there. That this service is not let in there is no fault of the callers: they are told `unavailable`.
    public var peers: Peers {
        peers { name, error in error.asPassedOn(from: name) }
    }

    /// A transport to each, for those who know where the services are: they are told which address does not answer.
    public var direct: Peers {
        peers { [urls] name, error in
            error.ofUnreachable("the \(name) service cannot be reached at \(urls[name] ?? "")")
        }
    }

    private func peers(_ told: @escaping @Sendable (ServiceName, RPCError) -> RPCError) -> Peers {
        let nowhere = InProcessTransport()
        return Peers { [transports] name in
            guard let transport = transports[name] else { return nowhere }
            return RetoldTransport(base: transport) { told(name, $0) }
        }
    }

    /// Closes the connections; calls under way fail.
    public func close() async {
        for transport in transports.values { try? await transport.shutdown() }
    }
}

/// A transport whose errors are told in other words.
private struct RetoldTransport: RPCTransport {
    let base: RPCHTTPTransport
    let told: @Sendable (RPCError) -> RPCError

    func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        do {
            return try await base.call(method, request, options)
        } catch let error as RPCError {
            throw told(error)
        }
    }
}

extension RPCError {
    fileprivate func asPassedOn(from peer: ServiceName) -> RPCError {
        switch code {
        case .unauthenticated, .permissionDenied:
            RPCError(.unavailable, "the \(peer) service does not let this service in", cause: self)
        default: ofUnreachable("the \(peer) service cannot be reached")
        }
    }

    /// Says in other words that a service cannot be reached; every error of the service itself as it is.
    fileprivate func ofUnreachable(_ message: String) -> RPCError {
        guard code == .unavailable, let cause else { return self }
        return RPCError(.unavailable, message, cause: cause)
    }
}
