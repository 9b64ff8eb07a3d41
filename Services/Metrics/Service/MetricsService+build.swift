import Contracts
public import Hosting
import MetricsDomain
public import Storage

/// What did it earn, who gets credit, where does it leak?
public struct MetricsService: AccordService {
    public static let name = ServiceName.metrics
    public static let migrations =
        Schema.migrations + [
            AgreementLibrary<AgreedTerms>.migration, LeadIdentities.migration, Schema.parts, ErasedLeads.migration,
        ]

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let library = AgreementLibrary(
            store: environment.store, icp: environment.peers[.icp], compile: AgreedTerms.init)
        let identities = LeadIdentities()
        let erased = ErasedLeads(identities)
        let reports = Reports(store: environment.store, library: library)
        return ServiceAssembly(
            routes: MetricsHandlers(store: environment.store, reports: reports, erased: erased).routes,
            consumers: [AgreementActivatedConsumer(library)] + consumers
                + [EventKind.leadsMerged, .leadsSplit].map {
                    LeadIdentityConsumer(kind: $0, identities: identities)
                } + [LeadErasedConsumer(erased: erased, ids: environment.ids)],
            erased: erased,
            pages: [try FrontPage(reports).page],
            learnAgreement: { try await library.learn($0) })
    }

    private static let consumers: [any EventConsumer] = [
        LeadScoredConsumer(), LeadQualifiedConsumer(kind: .leadQualified), LeadCooledConsumer(),
        LeadQualifiedConsumer(kind: .leadRequalified),
        HandoffWaitingConsumer(), HandoffAssignedConsumer(), HandoffAcceptedConsumer(), HandoffRejectedConsumer(),
        HandoffTouchedConsumer(), HandoffQualifiedConsumer(), HandoffClosedConsumer(),
        TimerArmedConsumer(), TimerWarnedConsumer(), TimerMetConsumer(), TimerBreachedConsumer(),
        TimerCancelledConsumer(),
    ]
}
