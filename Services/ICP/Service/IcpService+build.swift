import Contracts
public import Hosting
public import Storage

/// Who do we sell to, and what do our words mean? Owns the agreement, its signatures, and accounts.
public struct IcpService: AccordService {
    public static let name = ServiceName.icp
    public static let migrations = Schema.migrations

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let handlers = IcpHandlers(
            store: environment.store, tiers: TierLibrary(),
            metrics: WireMetricsServiceClient(environment.peers[.metrics]), analysis: environment.analysis)
        return ServiceAssembly(routes: handlers.routes, duties: [ActivationDuty(store: environment.store)])
    }
}
