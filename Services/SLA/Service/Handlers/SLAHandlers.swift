import Contracts
import Hosting
import SLADomain
import Storage

/// What the handlers of this service share; each RPC has a file of its own.
struct SLAHandlers: WireSlaServiceHandlers {
    let store: Store
    let library: AgreementLibrary<SLATerms>
    let identities: LeadIdentities
    let calendars: CalendarShelf
}
