import Contracts
public import Hosting
import SLADomain
public import Storage

/// Did each side keep its promise, on time? Business calendars, and a clock for every promise on every handoff.
public struct SLAService: AccordService {
    public static let name = ServiceName.sla
    public static let migrations =
        [AgreementLibrary<SLATerms>.migration] + Schema.migrations + [
            LeadIdentities.migration, ErasedLeads.migration,
        ]

    public static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly {
        let store = environment.store
        let library = AgreementLibrary(store: store, icp: environment.peers[.icp], compile: { try SLATerms($0) })
        let alarm = FiringAlarm()
        let identities = LeadIdentities()
        let erased = ErasedLeads(identities)
        let desk = HandoffDesk(library: library, alarm: alarm)
        return ServiceAssembly(
            routes: SLAHandlers(
                store: store, library: library, identities: identities, calendars: CalendarShelf()
            ).routes,
            consumers: [
                AgreementActivatedConsumer(library), HandoffWaitingConsumer(desk: desk),
                HandoffAssignedConsumer(desk: desk),
                HandoffAcceptedConsumer(desk: desk), HandoffRejectedConsumer(desk: desk),
                HandoffTouchedConsumer(desk: desk), HandoffQualifiedConsumer(desk: desk),
                HandoffClosedConsumer(desk: desk),
                LeadIdentityConsumer(kind: .leadsMerged, identities: identities),
                LeadIdentityConsumer(kind: .leadsSplit, identities: identities),
                LeadErasedConsumer(erased: erased),
            ],
            erased: erased,
            duties: [FireTimers(store: store, library: library, alarm: alarm)],
            learnAgreement: { try await library.learn($0) })
    }
}
