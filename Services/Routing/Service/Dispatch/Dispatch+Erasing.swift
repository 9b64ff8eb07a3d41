import Hosting
import RoutingDomain
import Storage

extension Dispatch {
    /// Removes the handoffs of a person who was erased, and gives what capacity they took to the queue. The turns that
    /// they took stay taken.
    func erase(_ lead: ErasedLead) throws {
        let at = transaction.now
        for other in lead.others { try reconcile(other.ids, at: at) }
        let open = try handoffs.all(leads: lead.ids, openOnly: true)
        try handoffs.erase(leads: lead.ids)
        if lead.wasMerged { try handoffs.eraseMentions(of: lead.ids) }
        for stored in open { try free(stored.handoff, at: at) }
    }
}
