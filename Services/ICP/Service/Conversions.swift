import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import SwiftProtobuf

extension AgreementRecord {
    /// - Parameter now: a signed version whose moment has come is active, also before the duty has said so.
    func wire(now: Instant) throws -> WireAgreementVersion {
        let agreement = try WireAgreement(jsonString: canonical)
        return .with {
            $0.version = life.version
            $0.state = life.state.wire(isDue: life.effectiveAt.map { $0 <= now } ?? false)
            $0.agreement = agreement
            $0.document = document
            $0.digest = life.digest
            $0.proposedBy = proposedBy
            $0.proposedAt = proposedAt.wire
            if let moment = life.effectiveAt ?? life.requestedAt { $0.effectiveAt = moment.wire }
            if let supersededAt { $0.supersededAt = supersededAt.wire }
            $0.signatures = life.signatures.map(\.wire)
            $0.comment = comment
        }
    }
}

extension VersionState {
    func wire(isDue: Bool) -> WireAgreementState {
        switch self {
        case .proposed: .proposed
        case .partlySigned: .partlySigned
        case .signed: isDue ? .active : .signed
        case .active: .active
        case .superseded: .superseded
        }
    }
}

extension AgreementSide {
    init?(_ wire: WireSide) {
        switch wire {
        case .marketing: self = .marketing
        case .sales: self = .sales
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    var wire: WireSide {
        switch self {
        case .marketing: .marketing
        case .sales: .sales
        }
    }
}

extension AgreementSignature {
    var wire: WireSignature {
        .with {
            $0.side = side.wire
            $0.signer = signer
            $0.signedAt = signedAt.wire
            $0.digest = digest
        }
    }
}

extension AgreementChange {
    var wire: WireAgreementChange {
        .with {
            $0.section = section
            $0.path = path
            $0.before = before
            $0.after = after
            $0.sentence = sentence
        }
    }
}

extension AgreementFault {
    /// - Parameter isDocument: whether the caller's input has lines.
    func wire(isDocument: Bool) -> WireFieldViolation {
        .with {
            $0.path = isDocument ? path : path.isEmpty ? "agreement" : "agreement.\(path)"
            $0.found = found
            $0.expected = suggestion.map { "\(expected); did you mean \($0)?" } ?? expected
            guard isDocument else { return }
            $0.line = Int32(clamping: line ?? 0)
            $0.column = Int32(clamping: column ?? 0)
            $0.description_p = text
        }
    }
}

extension WeightedTiers.Match {
    func wire(accountID: String) -> WireAccountMatch {
        .with {
            $0.accountID = accountID
            $0.tier = tier ?? ""
            $0.score = score
            $0.satisfied = satisfied
            $0.failed = failed
            $0.unknown = unknown
            $0.reasons = reasons.map(\.wire)
        }
    }
}

extension WireAccount {
    /// Domains in lower case without `www.`, countries in capitals.
    var normalised: WireAccount {
        var account = self
        account.domains = domains.map { domain in
            let lower = domain.lowercased()
            return lower.hasPrefix("www.") ? String(lower.dropFirst(4)) : lower
        }
        account.country = country.utf8.count == 2 ? country.uppercased() : country
        return account
    }

    /// Everything that is wrong with it.
    func violations(path: String) -> [WireFieldViolation] {
        var violations = Limits.name(accountID, "\(path).account_id")
        for (field, text) in [
            ("name", name), ("industry", industry), ("country", country), ("region", region), ("city", city),
            ("parent_id", parentID),
        ] where text.utf8.count > Limits.text {
            violations.append(
                WireFieldViolation(
                    "\(path).\(field)", found: "\(text.utf8.count) bytes", expected: "at most \(Limits.text) bytes"))
        }
        for (field, count) in [
            ("domains", domains.count), ("technologies", technologies.count), ("signals", signals.count),
            ("custom", custom.count),
        ] where count > Limits.entries {
            violations.append(
                WireFieldViolation("\(path).\(field)", found: "\(count)", expected: "at most \(Limits.entries)"))
        }
        if hasEmployees, employees < 0 {
            violations.append(WireFieldViolation("\(path).employees", found: "\(employees)", expected: "0 or more"))
        }
        if hasAnnualRevenue, annualRevenue.minorUnits < 0 || annualRevenue.currency.utf8.count != 3 {
            violations.append(
                WireFieldViolation(
                    "\(path).annual_revenue", found: "\(annualRevenue.minorUnits) \(annualRevenue.currency)",
                    expected: "0 or more in a currency such as USD"))
        }
        for (name, value) in custom.sorted(by: { $0.key < $1.key }) where FieldValue(value) == nil || !value.isFinite {
            violations.append(
                WireFieldViolation(
                    "\(path).custom.\(name)", found: value.isFinite ? "null or an object" : "NaN or an infinity",
                    expected: "a text, a finite number, true, false or a list"))
        }
        return violations
    }
}
