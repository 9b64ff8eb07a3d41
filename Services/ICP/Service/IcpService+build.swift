import Contracts
public import Hosting
public import Storage

/// Who do we sell to, and what do our words mean? Owns the agreement, its signatures, accounts and target lists.
public struct IcpService: AccordService {
    public static let name = ServiceName.icp
    public static let migrations = Schema.migrations

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let handlers = IcpHandlers(
            store: environment.store, tiers: TierLibrary(),
            scoring: WireScoringServiceClient(environment.peers[.scoring]),
            routing: WireRoutingServiceClient(environment.peers[.routing]),
            metrics: WireMetricsServiceClient(environment.peers[.metrics]), analysis: environment.analysis,
            evaluation: environment.evaluation, page: try ChangesPage())
        return ServiceAssembly(
            routes: handlers.routes,
            duties: [
                ActivationDuty(store: environment.store), ReviewDuty(store: environment.store),
                AccountKeyDuty(store: environment.store),
            ])
    }
}
