import RPC

/// Connections to the five services over HTTP.
public struct PeerConnections: Sendable {
    private let transports: [ServiceName: RPCHTTPTransport]

    /// - Parameters:
    ///   - urls: such as `http://127.0.0.1:7101`.
    ///   - token: brought to each of them.
    public init(urls: [ServiceName: String], token: String?) {
        var configuration = RPCClientConfiguration()
        configuration.bearerToken = token
        transports = urls.mapValues { RPCHTTPTransport(baseURL: $0, configuration: configuration) }
    }

    /// A transport to each; one that was not named is never there.
    public var peers: Peers {
        let nowhere = InProcessTransport()
        return Peers { [transports] name in
            if let transport = transports[name] { return transport }
            return nowhere
        }
    }

    /// Closes the connections; calls under way fail.
    public func close() async {
        for transport in transports.values { try? await transport.shutdown() }
    }
}
