import Contracts
import Hosting
import Platform
import RPC
import SLADomain
import Storage

/// Finds the calendar of each question of a batch, and gathers the faults of all of them.
struct QuestionReader {
    /// The most questions of a batch.
    static let questionLimit = 10_000
    /// The most different calendars that a batch can bring along.
    static let calendarLimit = 1_000
    /// Behind so many faults no more are looked for.
    static let faultLimit = 1_000

    let shelf: CalendarShelf
    let terms: SLATerms?
    private(set) var violations: [WireFieldViolation] = []
    private var last: (wire: WireCalendar, calendar: BusinessCalendar)?
    private var changes = 0

    init(shelf: CalendarShelf, terms: SLATerms?) {
        self.shelf = shelf
        self.terms = terms
    }

    var isFull: Bool { violations.count >= Self.faultLimit }

    mutating func fault(_ path: String, _ found: String, _ expected: String) {
        violations.append(WireFieldViolation(path, found: found, expected: expected))
    }

    /// - Returns: nil where there is a fault.
    mutating func calendar(id: String, given wire: WireCalendar?, _ path: String) -> BusinessCalendar? {
        guard let wire else { return calendar(id: id, path) }
        guard id.isEmpty else {
            fault("\(path).calendar_id", id, "either a calendar_id or a calendar, not both")
            return nil
        }
        if let last, last.wire == wire { return last.calendar }
        changes += 1
        guard changes <= Self.calendarLimit else {
            fault(
                "\(path).calendar", "another calendar", "at most \(Self.calendarLimit) changes of calendar in a batch")
            return nil
        }
        do {
            let calendar = try shelf.calendar(wire)
            last = (wire, calendar)
            return calendar
        } catch {
            violations += error.violations(under: "\(path).calendar")
            return nil
        }
    }

    private mutating func calendar(id: String, _ path: String) -> BusinessCalendar? {
        if let calendar = terms?.calendars[id] { return calendar }
        if id.isEmpty {
            fault("\(path).calendar_id", "", "a calendar_id or a calendar")
        } else {
            let ids = (terms?.calendars.keys.sorted() ?? []).joined(separator: ", ")
            fault(
                "\(path).calendar_id", id,
                "a calendar of agreement version \(terms?.version ?? 0), which has \(ids.isEmpty ? "none" : ids)")
        }
        return nil
    }
}

extension SLAHandlers {
    /// A reader of questions; it knows the agreement in force where a question needs it.
    func questionReader(count: Int, needAgreement: Bool, _ context: RPCContext) async throws -> QuestionReader {
        guard count <= QuestionReader.questionLimit else {
            throw RPCError.invalid(
                "questions", found: "\(count) questions", expected: "at most \(QuestionReader.questionLimit)")
        }
        guard needAgreement else { return QuestionReader(shelf: calendars, terms: nil) }
        try await library.learnAnyInForce(context)
        let now = store.clock.now()
        let terms = try await store.read { try library.required(at: now, $0) }
        return QuestionReader(shelf: calendars, terms: terms)
    }
}
