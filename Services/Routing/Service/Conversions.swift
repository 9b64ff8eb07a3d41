import Contracts
import Criteria
import Hosting
import Kernel
import RoutingDomain
import SwiftProtobuf

// MARK: - The agreement

extension RoutingRules {
    /// - Throws: ``CriteriaFaults`` with every fault of the rules' criteria.
    init(_ wire: WireAgreementVersion) throws {
        let agreement = wire.agreement
        let catalogue = FieldCatalogue(agreement)
        var asksBehaviour = false
        var faults: [CriteriaFault] = []
        let rules = agreement.routing.rules.enumerated().map { index, rule -> RoutingRule in
            var when: CompiledCriteria?
            if rule.hasWhen {
                do {
                    let criteria = try Criteria(rule.when, path: "routing.rules[\(index)].when")
                    asksBehaviour = asksBehaviour || criteria.asksBehaviour
                    when = try CompiledCriteria(criteria, catalogue: catalogue)
                } catch let error as CriteriaFaults {
                    faults += error.faults
                } catch {}
            }
            return RoutingRule(
                id: rule.id, when: when, target: rule.pool.isEmpty ? .rep(rule.rep) : .pool(rule.pool))
        }
        guard faults.isEmpty else { throw CriteriaFaults(faults: faults) }
        self.init(
            version: wire.version, catalogue: catalogue,
            currency: agreement.currency.isEmpty ? "USD" : agreement.currency,
            rules: rules, fallbackPool: agreement.routing.fallbackPool.isEmpty ? nil : agreement.routing.fallbackPool,
            rejectionReasons: Dictionary(
                agreement.routing.rejectionReasons.map { ($0.code, AfterRejection(rawValue: $0.then) ?? .nurture) },
                uniquingKeysWith: { first, _ in first }),
            timerStops: Dictionary(
                agreement.sla.timers.map { ($0.id, Self.stops($0)) }, uniquingKeysWith: { first, _ in first }),
            asksBehaviour: asksBehaviour)
    }

    /// A timer that does not say what stops it is known by its name.
    private static func stops(_ timer: WireTimerRule) -> Set<TimerStop> {
        let said = Set(timer.stopsOn.compactMap(TimerStop.init))
        return said.isEmpty ? stops(ofTimer: timer.id) : said
    }

    /// What stops the timers that every agreement knows.
    static func stops(ofTimer id: String) -> Set<TimerStop> {
        switch id {
        case "accept": [.accepted, .rejected]
        case "first_touch": [.touched]
        case "decide": [.qualified, .rejected]
        default: []
        }
    }
}

extension Criteria {
    var asksBehaviour: Bool {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.contains(where: \.asksBehaviour)
        case .leaf: false
        case .behaviour: true
        }
    }
}

// MARK: - Leads

extension RoutedLead {
    /// What a context packet says of a lead, for the rules of a version.
    init(_ context: WireContextPacket, _ rules: RoutingRules) {
        let record = FieldRecord(context, rules)
        self.init(
            record: record,
            behaviour: rules.asksBehaviour
                ? context.engagements.map { BehaviourFact($0, catalogue: rules.catalogue) } : [])
    }
}

extension FieldRecord {
    fileprivate init(_ context: WireContextPacket, _ rules: RoutingRules) {
        self.init(rules.catalogue)
        let lead = context.lead
        setCompany(lead.company, currency: rules.currency)
        setPerson(lead.person)
        self["lead.source"] = .text(lead.source)
        self["lead.channel"] = .text(lead.channel)
        self["lead.campaign"] = .text(lead.campaign)
        self["lead.motion"] = .text(lead.motion.isEmpty ? "inbound" : lead.motion)
        self["lead.segment"] = .text(lead.segment)
        self["lead.territory"] = .text(lead.territory)
        if lead.hasCreatedAt { self["lead.created_at"] = .date(Instant(lead.createdAt)) }
        if context.hasScore {
            self["lead.score"] = .number(context.score.total)
            self["lead.grade"] = .text(context.score.grade)
            self["lead.tier"] = .text(context.score.tier)
            self["account.tier"] = .text(context.score.tier)
        }
        for (name, value) in lead.custom { self["custom.\(name)"] = FieldValue(value) }
    }

    private mutating func setCompany(_ company: WireCompany, currency: String) {
        self["account.id"] = .text(company.accountID)
        self["company.name"] = .text(company.name)
        self["company.domain"] = .text(company.domain)
        self["company.industry"] = .text(company.industry)
        if company.hasEmployees { self["company.employees"] = .number(Double(company.employees)) }
        if company.hasAnnualRevenue, company.annualRevenue.currency == currency {
            self["company.annual_revenue"] = .number(Money(company.annualRevenue).major)
        }
        self["company.country"] = .text(company.country)
        self["company.region"] = .text(company.region)
        self["company.city"] = .text(company.city)
        self["company.technologies"] = .list(company.technologies.map(FieldValue.text))
        self["company.signals"] = .list(company.signals.map(FieldValue.text))
    }

    private mutating func setPerson(_ person: WirePerson) {
        self["person.name"] = .text(person.name)
        self["person.email"] = .text(person.email)
        self["person.phone"] = .text(person.phone)
        self["person.title"] = .text(person.title)
        self["person.seniority"] = .text(person.seniority)
        self["person.department"] = .text(person.department)
        self["person.country"] = .text(person.country)
        self["person.language"] = .text(person.language)
    }
}

extension BehaviourFact {
    fileprivate init(_ engagement: WireEngagement, catalogue: FieldCatalogue) {
        var record = FieldRecord(catalogue)
        let occurredAt = Instant(engagement.occurredAt)
        record["engagement.kind"] = .text(engagement.kind)
        record["engagement.channel"] = .text(engagement.channel)
        record["engagement.campaign"] = .text(engagement.campaign)
        record["engagement.content_id"] = .text(engagement.contentID)
        record["engagement.occurred_at"] = .date(occurredAt)
        self.init(kind: engagement.kind, occurredAt: occurredAt, record: record)
    }
}

// MARK: - Handoffs

extension WireHandoff {
    /// Without context and decisions.
    init(_ handoff: Handoff, _ lead: WireLeadFacts) {
        self.init()
        handoffID = handoff.id
        leadID = handoff.leadID
        state = handoff.state.wire
        repID = handoff.repID ?? ""
        team = handoff.team
        poolID = handoff.poolID
        agreementVersion = handoff.agreementVersion
        createdAt = handoff.createdAt.wire
        if let at = handoff.assignedAt { assignedAt = at.wire }
        if let at = handoff.acceptedAt { acceptedAt = at.wire }
        if let at = handoff.firstTouchedAt { firstTouchedAt = at.wire }
        if let at = handoff.qualifiedAt { qualifiedAt = at.wire }
        if let at = handoff.closedAt { closedAt = at.wire }
        reasonCode = handoff.reasonCode
        reasonDetail = handoff.reasonDetail
        incomplete = handoff.incomplete
        reassignments = Int32(clamping: handoff.reassignments)
        self.lead = lead
    }
}

extension WireHandoffFacts {
    init(_ handoff: Handoff, _ lead: WireLeadFacts) {
        self.init()
        handoffID = handoff.id
        repID = handoff.repID ?? ""
        team = handoff.team
        poolID = handoff.poolID
        self.lead = lead
        createdAt = handoff.createdAt.wire
        incomplete = handoff.incomplete
    }
}

extension WireRoutingDecision {
    /// - Parameter handoff: as the decision left it.
    init(_ decision: RoutingDecision, keeping handoff: Handoff) {
        self.init()
        at = decision.at.wire
        agreementVersion = decision.agreementVersion
        cause = decision.cause.rawValue
        steps = decision.steps.map(WireTraceStep.init)
        repID = handoff.repID ?? ""
        poolID = handoff.poolID
    }
}

extension WireTraceStep {
    init(_ step: TraceStep) {
        self.init()
        kind = step.kind.rawValue
        id = step.id
        verdict = step.verdict.wire
        note = step.note
        reasons = step.reasons.map(\.wire)
    }
}

extension HandoffState {
    var wire: WireHandoffState {
        switch self {
        case .waiting: .waiting
        case .assigned: .assigned
        case .accepted: .accepted
        case .touched: .touched
        case .qualified: .qualified
        case .rejected: .rejected
        case .recycled: .recycled
        case .closed: .closed
        }
    }

    init?(_ wire: WireHandoffState) {
        guard let state = HandoffState.allCases.first(where: { $0.wire == wire }) else { return nil }
        self = state
    }
}
