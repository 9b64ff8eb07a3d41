import GRDB
import Storage

/// How reports find the lead that a row is of: rows keep the number of the id under which they came, and that may be a
/// former one. As long as no lead has several ids there is nothing to resolve, and nothing is paid for it.
struct LeadResolution {
    private let isNeeded: Bool

    static let none = LeadResolution(isNeeded: false)

    private init(isNeeded: Bool) { self.isNeeded = isNeeded }

    init(_ database: Database) throws {
        isNeeded = try database.row("SELECT EXISTS (SELECT 1 FROM lead_part)", []) { $0.bool(0) } ?? false
    }

    /// The number of the lead that a number means now.
    func lead(_ number: String) -> String {
        isNeeded ? "coalesce((SELECT root FROM lead_part WHERE lead_part.lead = \(number)), \(number))" : number
    }

    /// Whether a row is of a lead.
    ///
    /// - Parameter lead: what means the lead now.
    func isOf(_ number: String, _ lead: String) -> String {
        isNeeded
            ? "\(number) IN (SELECT \(lead) UNION ALL SELECT part.lead FROM lead_part AS part WHERE part.root = \(lead))"
            : "\(number) = \(lead)"
    }

    /// Of a touch: where it was recorded and Scoring told of it too, the recorded one counts; of one that came under
    /// two ids of a lead, one.
    var touchCountsOnce: String {
        let recorded = """
            (touch.recorded = 1 OR NOT EXISTS (
                SELECT 1 FROM touch AS other
                WHERE other.touch_id = touch.touch_id AND other.recorded = 1 AND (
                    \(lead("other.lead")) = \(lead("touch.lead"))
                    OR other.lead = 0 AND other.account_id <> '' AND other.account_id = touch.account_id)))
            """
        guard isNeeded else { return recorded }
        return """
            \(recorded) AND (touch.recorded = 1 OR NOT EXISTS (
                SELECT 1 FROM lead_part AS part JOIN touch AS twin
                    ON twin.lead = part.lead AND twin.touch_id = touch.touch_id AND twin.recorded = 0
                WHERE part.root = \(lead("touch.lead")) AND part.lead < touch.lead))
            """
    }
}
