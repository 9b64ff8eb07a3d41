import Contracts
public import Hosting
import ScoringDomain
public import Storage

/// How good is this lead, and exactly why?
public struct ScoringService: AccordService {
    public static let name = ServiceName.scoring
    public static let migrations =
        [
            Schema.scoring1, AgreementLibrary<ScoringRules>.migration, WebhookQueries.migration, Schema.cooling1,
            Schema.identity1,
        ] + Schema.restated
        + [RescoreQueries.migration, Schema.recorded1, Schema.nested1, Schema.erased1, Schema.documents1]

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let library = AgreementLibrary<ScoringRules>(store: environment.store, icp: environment.peers[.icp]) {
            try ScoringRules($0)
        }
        let handlers = ScoringHandlers(
            store: environment.store, library: library, partitions: environment.partitions,
            icp: WireIcpServiceClient(environment.peers[.icp]),
            metrics: WireMetricsServiceClient(environment.peers[.metrics]), analysis: environment.analysis,
            webhooks: environment.webhooks)
        return ServiceAssembly(
            routes: handlers.routes, consumers: [AgreementActivatedConsumer(library)],
            duties: [
                RescoreLeads(store: environment.store, library: library),
                CoolLeads(store: environment.store, library: library),
                MergeByEmail(store: environment.store, library: library),
            ],
            hooks: [.webhooks(handlers)],
            learnAgreement: { try await library.learn($0) })
    }
}
