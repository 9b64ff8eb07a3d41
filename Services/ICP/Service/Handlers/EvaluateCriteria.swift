import Contracts
import Criteria
import GRDB
import Hosting
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Verdicts with reasons of any criteria on any records; nothing is stored. A record that is not as it must be fails
    /// alone, criteria that are not fail the call.
    func evaluateCriteria(
        _ request: WireEvaluateCriteriaRequest, _ context: RPCContext
    ) async throws -> WireEvaluateCriteriaResponse {
        let now = request.hasAt ? Instant(request.at) : store.clock.now()
        let inForceAt = store.clock.now()
        let ids = Set(request.records.map(\.accountID).filter { !$0.isEmpty })
        let (subject, stored, lists) = try await store.read { database in
            (
                try tiers.subject(version: request.agreementVersion, at: inForceAt, database),
                try AccountStore.accounts(ids.sorted(), database),
                ids.isEmpty ? [:] : try TargetListStore.membership(database)
            )
        }
        let evaluation = try CriteriaEvaluation(request, subject, limits: evaluation)
        var suggestions = CriteriaEvaluation.suggestions
        return try .with {
            $0.agreementVersion = subject.version
            $0.records = try request.records.enumerated().map { index, record in
                try Task.checkCancellation()
                let view = stored[record.accountID]
                return evaluation.verdicts(
                    on: record, path: "records[\(index)]", stored: view,
                    targetLists: view.flatMap { lists[$0.id] } ?? [], now: now, suggestions: &suggestions)
            }
        }
    }
}

/// The criteria of a request, ready to be evaluated.
private struct CriteriaEvaluation {
    private let criteria: [(id: String, when: CompiledCriteria)]
    private let set: CriteriaSet
    private let subject: CriteriaSubject
    private let tellsReasons: Bool
    /// Kinds of behaviour that any of the criteria counts.
    private let kinds: Set<String>
    /// For so many unknown names of a request a known one is looked for.
    static let suggestions = 20

    /// - Throws: `invalid_argument` with every fault of criteria and fields, or where there is too much to do.
    init(_ request: WireEvaluateCriteriaRequest, _ subject: CriteriaSubject, limits: EvaluationLimits) throws {
        var violations = Self.violations(of: request)
        guard max(request.criteria.count, request.fields.count) <= Limits.entries else {
            throw RPCError.invalid(violations)
        }
        let subject = Self.extended(subject, by: request.fields, &violations)
        var criteria: [(id: String, when: CompiledCriteria)] = []
        for (index, named) in request.criteria.enumerated() {
            guard violations.count < Limits.entries else { break }
            try Task.checkCancellation()
            let path = "criteria[\(index)].when"
            do throws(CriteriaFaults) {
                let when = try CompiledCriteria(
                    Criteria(named.when, path: path, limits: limits.criteria), catalogue: subject.catalogue,
                    path: path, limits: limits.criteria)
                criteria.append((named.id, when))
            } catch {
                violations += error.violations
            }
        }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        self.criteria = criteria
        set = CriteriaSet(criteria.map(\.when))
        self.subject = subject
        tellsReasons = !request.verdictsOnly
        kinds = set.needs.kinds
        try checkAmount(request.records, limits)
    }

    private func checkAmount(_ records: [WireCriteriaRecord], _ limits: EvaluationLimits) throws {
        var checks = 0
        for record in records {
            let facts = read(record.behaviour).count
            checks += facts * subject.catalogue.fields.count
            checks += criteria.reduce(0) { $0 + $1.when.checks(facts: facts) }
        }
        guard checks <= limits.checks else {
            throw RPCError.invalid(
                "records", found: "\(checks) conditions times records",
                expected: "at most \(limits.checks) (the setting criteria-checks)")
        }
        let verdicts = Limits.entries(records.count * criteria.count, "records", most: Limits.verdicts)
        guard verdicts.isEmpty else { throw RPCError.invalid(verdicts) }
        let reasons = records.count * criteria.reduce(0) { $0 + $1.when.conditions }
        guard !tellsReasons || reasons <= Limits.reasons else {
            throw RPCError.invalid(
                "records", found: "\(reasons) reasons", expected: "at most \(Limits.reasons), or verdicts_only")
        }
    }

    /// What any of the criteria counts.
    private func read(_ behaviour: [WireCriteriaBehaviour]) -> [WireCriteriaBehaviour] {
        kinds.isEmpty ? [] : behaviour.filter { kinds.contains($0.event) }
    }

    private static func violations(of request: WireEvaluateCriteriaRequest) -> [WireFieldViolation] {
        var violations =
            Limits.entries(request.criteria.count, "criteria", most: Limits.entries)
            + Limits.entries(request.records.count, "records", most: IcpHandlers.accountsAtMost)
            + Limits.entries(request.fields.count, "fields", most: Limits.entries)
        if request.criteria.isEmpty {
            violations.append(WireFieldViolation("criteria", found: "nothing", expected: "at least one"))
        }
        if request.agreementVersion < 0 {
            violations.append(
                WireFieldViolation(
                    "agreement_version", found: "\(request.agreementVersion)", expected: "the number of a version, or 0"
                ))
        }
        return violations
    }

    /// With the custom fields of the request behind those of the agreement, which keep their types.
    private static func extended(
        _ subject: CriteriaSubject, by fields: [WireCustomField], _ violations: inout [WireFieldViolation]
    ) -> CriteriaSubject {
        var all = subject.fields
        for (index, field) in fields.enumerated() {
            violations += Limits.name(field.name, "fields[\(index)].name")
            if FieldType(rawValue: field.type) == nil {
                violations.append(
                    WireFieldViolation(
                        "fields[\(index)].type", found: field.type.isEmpty ? "nothing" : field.type,
                        expected: "one of \(FieldType.allCases.map(\.rawValue).joined(separator: " "))"))
            } else if let known = all.first(where: { $0.name == field.name }), known.type != field.type {
                violations.append(
                    WireFieldViolation(
                        "fields[\(index)].type", found: field.type, expected: "\(known.type), as it is declared already"
                    ))
            } else {
                all.append(field)
            }
        }
        let catalogue = FieldCatalogue(.with { $0.fields = all })
        return CriteriaSubject(version: subject.version, fields: all, catalogue: catalogue, currency: subject.currency)
    }
}

extension CriteriaEvaluation {
    fileprivate func verdicts(
        on record: WireCriteriaRecord, path: String, stored: AccountView?, targetLists: [String], now: Instant,
        suggestions: inout Int
    ) -> WireRecordVerdicts {
        var verdicts = WireRecordVerdicts.with { $0.id = record.id }
        let violations = self.violations(of: record, path, &suggestions)
        if !violations.isEmpty {
            verdicts.error = WireItemError(violations)
        } else if !record.accountID.isEmpty, stored == nil {
            verdicts.error = WireItemError(RPCError(.notFound, "there is no account \(record.accountID)"))
        } else {
            let fields = self.fields(of: record, stored: stored, targetLists: targetLists)
            let behaviour = read(record.behaviour).map { fact($0) }
            verdicts.verdicts = self.verdicts(fields, behaviour, now)
        }
        return verdicts
    }

    private func verdicts(
        _ record: FieldRecord, _ behaviour: [BehaviourFact], _ now: Instant
    ) -> [WireCriteriaVerdict] {
        guard tellsReasons else {
            return zip(criteria, set.verdicts(record, behaviour: behaviour, now: now)).map { criterion, verdict in
                .with {
                    $0.id = criterion.id
                    $0.verdict = verdict.wire
                }
            }
        }
        return criteria.map { id, when in
            let explained = when.explain(record, behaviour: behaviour, now: now)
            return .with {
                $0.id = id
                $0.verdict = explained.verdict.wire
                $0.reasons = explained.reasons.map(\.wire)
            }
        }
    }

    private func fields(of record: WireCriteriaRecord, stored: AccountView?, targetLists: [String]) -> FieldRecord {
        var fields =
            stored.map { subject.record(of: $0, targetLists: targetLists) }
            ?? (record.hasAccount ? subject.record(of: record.account) : FieldRecord(subject.catalogue))
        for (name, value) in record.fields { fields[name] = FieldValue(value) }
        return fields
    }

    private func fact(_ behaviour: WireCriteriaBehaviour) -> BehaviourFact {
        let moment = Instant(behaviour.occurredAt)
        var record = FieldRecord(subject.catalogue)
        record["engagement.kind"] = .text(behaviour.event)
        record["engagement.occurred_at"] = .date(moment)
        for (name, value) in behaviour.fields { record[name] = FieldValue(value) }
        return BehaviourFact(kind: behaviour.event, occurredAt: moment, record: record)
    }

    private func violations(
        of record: WireCriteriaRecord, _ path: String, _ suggestions: inout Int
    ) -> [WireFieldViolation] {
        var violations =
            Limits.text(record.id, "\(path).id")
            + names(of: record.fields, "\(path).fields", &suggestions) { _ in true }
            + Limits.entries(record.behaviour.count, "\(path).behaviour", most: Limits.behaviour)
        if record.hasAccount, !record.accountID.isEmpty {
            violations.append(
                WireFieldViolation(path, found: "account and account_id", expected: "at most one of them"))
        }
        if record.hasAccount {
            var account = record.account
            if account.accountID.isEmpty { account.accountID = "given" }
            violations += account.violations(path: "\(path).account")
        }
        for (index, behaviour) in record.behaviour.enumerated() {
            let place = "\(path).behaviour[\(index)]"
            violations += Limits.name(behaviour.event, "\(place).event")
            if !behaviour.hasOccurredAt {
                violations.append(WireFieldViolation("\(place).occurred_at", found: "nothing", expected: "a time"))
            }
            violations += names(of: behaviour.fields, "\(place).fields", &suggestions) { $0.hasPrefix("engagement.") }
        }
        return violations
    }

    /// What is wrong with values by the names of fields; of too many only that.
    private func names(
        of fields: [String: Google_Protobuf_Value], _ path: String, _ suggestions: inout Int,
        _ belongs: (String) -> Bool
    ) -> [WireFieldViolation] {
        guard fields.count <= Limits.entries else { return Limits.entries(fields.count, path) }
        var violations: [WireFieldViolation] = []
        let strange = fields.keys.filter { subject.catalogue[$0] == nil || !belongs($0) }.sorted()
        for name in strange {
            var expected = "a field of the catalogue"
            if suggestions > 0 {
                suggestions -= 1
                let near = NearestName.of(name, in: subject.catalogue.fields.map(\.name).filter(belongs))
                if let near { expected += "; did you mean \(near)?" }
            }
            violations.append(WireFieldViolation("\(path).\(name)", found: name, expected: expected))
        }
        return violations + Limits.values(fields, path, most: Limits.entries)
    }
}
