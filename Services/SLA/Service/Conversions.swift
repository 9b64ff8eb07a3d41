import Contracts
import Criteria
import Hosting
import Kernel
import RPC
import SLADomain

extension CalendarDefinition {
    init(_ wire: WireCalendar) {
        self.init(
            id: wire.id, zone: wire.zone, hours: wire.hours.map { Hours(days: $0.days, intervals: $0.intervals) },
            holidays: wire.holidays,
            exceptions: wire.exceptions.map { Exception(date: $0.date, intervals: $0.intervals) })
    }
}

extension CalendarFaults {
    /// - Parameter path: where the calendar stands in the request.
    func violations(under path: String) -> [WireFieldViolation] {
        faults.map { fault in
            WireFieldViolation(
                fault.path.isEmpty ? path : "\(path).\(fault.path)", found: fault.found, expected: fault.expected)
        }
    }
}

extension SLATerms {
    /// Compiles the `sla` section of a version.
    ///
    /// - Throws: `invalid_argument` with every fault; ICP accepts no agreement that has one.
    init(_ wire: WireAgreementVersion) throws {
        let catalogue = FieldCatalogue(
            custom: wire.agreement.fields.map { ($0.name, FieldType(rawValue: $0.type) ?? .text) })
        var reader = TermsReader(catalogue: catalogue, effectiveAt: Instant(wire.effectiveAt))
        for (index, calendar) in wire.agreement.sla.calendars.enumerated() { reader.read(calendar, index) }
        for (index, rule) in wire.agreement.sla.timers.enumerated() { reader.read(rule, "sla.timers[\(index)]") }
        guard reader.violations.isEmpty else { throw RPCError.invalid(reader.violations) }
        self.init(
            version: wire.version, calendars: reader.calendars, rules: reader.rules, catalogue: catalogue)
    }
}

/// Reads a `sla` section and gathers its faults.
private struct TermsReader {
    let catalogue: FieldCatalogue
    let effectiveAt: Instant
    var calendars: [BusinessCalendar] = []
    var rules: [TimerRule] = []
    var violations: [WireFieldViolation] = []

    mutating func read(_ wire: WireCalendar, _ index: Int) {
        do {
            calendars.append(try BusinessCalendar(CalendarDefinition(wire)))
        } catch {
            violations += error.violations(under: "sla.calendars[\(index)]")
        }
    }

    mutating func read(_ wire: WireTimerRule, _ path: String) {
        let known = violations.count
        let startsOn = step(wire.startsOn.isEmpty ? "assigned" : wire.startsOn, "\(path).starts_on")
        let stopsOn = wire.stopsOn.enumerated().compactMap { step($1, "\(path).stops_on[\($0)]") }
        let duration = duration(wire.duration, "\(path).duration")
        let time = time(wire, path)
        let criteria = criteria(wire, path)
        for (index, percent) in wire.checkpoints.enumerated() where !(percent > 0 && percent <= 100) {
            fault("\(path).checkpoints[\(index)]", "\(percent)", "a percentage above 0, up to 100")
        }
        guard let startsOn, let duration, let time, violations.count == known else { return }
        // An agreement is immutable: a promise that no calendar can keep has to be found now, not when it is armed.
        do {
            _ = try time.deadline(from: effectiveAt, duration)
        } catch {
            return fault("\(path).duration", wire.duration, "a duration that ends in time: \(error)")
        }
        rules.append(
            TimerRule(
                id: wire.id, startsOn: startsOn, stopsOn: Set(stopsOn), duration: duration, time: time,
                criteria: criteria, checkpoints: wire.checkpoints, onBreach: wire.onBreach))
    }

    private mutating func fault(_ path: String, _ found: String, _ expected: String) {
        violations.append(WireFieldViolation(path, found: found, expected: expected))
    }

    private mutating func step(_ text: String, _ path: String) -> HandoffStep? {
        if let step = HandoffStep(rawValue: text) { return step }
        fault(path, text, "one of \(HandoffStep.allCases.map(\.rawValue).joined(separator: " "))")
        return nil
    }

    private mutating func duration(_ text: String, _ path: String) -> TimeSpan? {
        if let span = TimeSpan(text: text), span.microseconds > 0 { return span }
        fault(path, text, "a duration such as 4h, 30m or 2d")
        return nil
    }

    private mutating func time(_ wire: WireTimerRule, _ path: String) -> TimerTime? {
        switch wire.time {
        case "wall":
            return .wall
        case "working", "":
            if let calendar = calendars.first(where: { $0.id == wire.calendar }) { return .working(calendar) }
            fault("\(path).calendar", wire.calendar, "the id of a calendar of the agreement")
        default:
            fault("\(path).time", wire.time, "working or wall")
        }
        return nil
    }

    private mutating func criteria(_ wire: WireTimerRule, _ path: String) -> CompiledCriteria? {
        guard wire.hasWhen else { return nil }
        let path = "\(path).when"
        do {
            return try CompiledCriteria(Criteria(wire.when, path: path), catalogue: catalogue, path: path)
        } catch {
            for each in error.faults { fault(each.path, each.found, each.expected) }
            return nil
        }
    }
}
