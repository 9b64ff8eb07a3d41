public import Contracts
public import Hosting

/// Typed clients of the five services, over any transport.
public struct SuiteClients: Sendable {
    public let icp: WireIcpServiceClient
    public let scoring: WireScoringServiceClient
    public let routing: WireRoutingServiceClient
    public let sla: WireSlaServiceClient
    public let metrics: WireMetricsServiceClient
    private let peers: Peers

    public init(_ peers: Peers) {
        self.peers = peers
        icp = WireIcpServiceClient(peers[.icp])
        scoring = WireScoringServiceClient(peers[.scoring])
        routing = WireRoutingServiceClient(peers[.routing])
        sla = WireSlaServiceClient(peers[.sla])
        metrics = WireMetricsServiceClient(peers[.metrics])
    }

    /// The event door of a service, with the tools for parked events.
    public func events(of service: ServiceName) -> WireEventServiceClient {
        WireEventServiceClient(peers[service])
    }
}
