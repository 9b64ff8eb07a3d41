import Contracts
public import Hosting
import RoutingDomain
public import Storage

/// Whose lead is it, what did they get with it, what did they say back?
public struct RoutingService: AccordService {
    public static let name = ServiceName.routing
    public static let migrations =
        [AgreementLibrary<RoutingRules>.migration, Schema.routing1, Schema.routing2] + Schema.merged + [
            Schema.waitingSince, ErasedLeads.migration,
        ]

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let library = AgreementLibrary<RoutingRules>(
            store: environment.store, icp: environment.peers[.icp], compile: RoutingRules.init)
        let identities = LeadIdentities()
        let erased = ErasedLeads(identities)
        let handlers = RoutingHandlers(
            store: environment.store, ids: environment.ids, library: library, identities: identities, erased: erased)
        return ServiceAssembly(
            routes: handlers.routes,
            consumers: [
                AgreementActivatedConsumer(library),
                LeadQualifiedConsumer(kind: .leadQualified, library: library, identities: identities),
                LeadQualifiedConsumer(kind: .leadRequalified, library: library, identities: identities),
                LeadIdentityConsumer(kind: .leadsMerged, library: library, identities: identities),
                LeadIdentityConsumer(kind: .leadsSplit, library: library, identities: identities),
                LeadErasedConsumer(library: library, erased: erased),
                TimerBreachedConsumer(library: library),
            ],
            erased: erased,
            duties: [DrainWaitingQueue(store: environment.store, library: library)],
            learnAgreement: { try await library.learn($0) })
    }
}
