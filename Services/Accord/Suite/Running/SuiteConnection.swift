public import Hosting
import RPC

/// Clients of services that run elsewhere, over HTTP.
public struct SuiteConnection: Sendable {
    public let clients: SuiteClients
    private let connections: PeerConnections

    /// - Parameters:
    ///   - addresses: `http://HOST:PORT` of each service.
    ///   - token: sent as the bearer token.
    public init(addresses: [ServiceName: String], token: String?) {
        connections = PeerConnections(urls: addresses, token: token)
        clients = SuiteClients(connections.direct)
    }

    public func close() async {
        await connections.close()
    }
}
