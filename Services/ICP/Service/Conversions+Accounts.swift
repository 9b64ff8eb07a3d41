import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import RPC
import SwiftProtobuf

extension AccountProfile {
    init(_ wire: WireAccount) {
        self.init(id: wire.accountID)
        name = wire.name
        domains = wire.domains
        industry = wire.industry
        employees = wire.hasEmployees ? wire.employees : nil
        annualRevenue = wire.hasAnnualRevenue ? Money(wire.annualRevenue) : nil
        country = wire.country
        region = wire.region
        city = wire.city
        technologies = wire.technologies
        signals = wire.signals
        ownership = wire.ownership
        foundedYear = wire.hasFoundedYear ? wire.foundedYear : nil
        openPositions = wire.hasOpenPositions ? wire.openPositions : nil
        lastFundingAt = wire.hasLastFundingAt ? Instant(wire.lastFundingAt) : nil
        custom = wire.custom.compactMapValues { FieldValue($0) }
    }

    func wire(parentID: String) -> WireAccount {
        .with {
            $0.accountID = id
            $0.name = name
            $0.domains = domains
            $0.industry = industry
            if let employees { $0.employees = employees }
            if let annualRevenue { $0.annualRevenue = annualRevenue.wire }
            $0.country = country
            $0.region = region
            $0.city = city
            $0.technologies = technologies
            $0.signals = signals
            $0.parentID = parentID
            $0.custom = custom.mapValues(\.wire)
            $0.ownership = ownership
            if let foundedYear { $0.foundedYear = foundedYear }
            if let openPositions { $0.openPositions = openPositions }
            if let lastFundingAt { $0.lastFundingAt = lastFundingAt.wire }
        }
    }
}

extension WireAccount {
    /// Domains as hosts, each once; countries in capitals.
    var normalised: WireAccount {
        var account = self
        account.domains = hosts
        account.country = countryInCapitals
        return account
    }

    /// Its domains, each once.
    var hosts: [String] {
        var known: Set<String> = []
        return domains.compactMap { DomainName($0)?.host }.filter { known.insert($0).inserted }
    }

    var countryInCapitals: String { country.utf8.count == 2 ? country.uppercased() : country }

    /// Everything that is wrong with it.
    ///
    /// - Parameter path: made only where something is.
    func violations(path: @autoclosure () -> String) -> [WireFieldViolation] {
        var violations = Limits.name(accountID, "\(path()).account_id")
        violations += Limits.text(name, "\(path()).name")
        violations += Limits.text(industry, "\(path()).industry")
        violations += Limits.text(country, "\(path()).country")
        violations += Limits.text(region, "\(path()).region")
        violations += Limits.text(city, "\(path()).city")
        violations += Limits.text(ownership, "\(path()).ownership")
        violations += Limits.text(parentID, "\(path()).parent_id")
        violations += Limits.texts(technologies, "\(path()).technologies")
        violations += Limits.texts(signals, "\(path()).signals")
        violations += Limits.texts(domains, "\(path()).domains")
        for (index, domain) in domains.enumerated() where DomainName(domain) == nil {
            violations.append(
                WireFieldViolation(
                    "\(path()).domains[\(index)]", found: String(domain.prefix(80)),
                    expected: "a company's domain such as example.com"))
        }
        if !parentID.isEmpty, parentID == accountID {
            violations.append(WireFieldViolation("\(path()).parent_id", found: parentID, expected: "another account"))
        }
        violations += numberViolations(path: path())
        return violations + Limits.values(custom, "\(path()).custom", most: Limits.entries)
    }

    private func numberViolations(path: @autoclosure () -> String) -> [WireFieldViolation] {
        var violations: [WireFieldViolation] = []
        if hasEmployees, employees < 0 {
            violations.append(
                WireFieldViolation("\(path()).employees", found: "\(employees)", expected: "0 or more"))
        }
        if hasOpenPositions, openPositions < 0 {
            violations.append(
                WireFieldViolation("\(path()).open_positions", found: "\(openPositions)", expected: "0 or more"))
        }
        if hasFoundedYear, !(1...9_999).contains(foundedYear) {
            violations.append(
                WireFieldViolation("\(path()).founded_year", found: "\(foundedYear)", expected: "a year, 1 to 9999"))
        }
        if hasAnnualRevenue, annualRevenue.minorUnits < 0 || annualRevenue.currency.utf8.count != 3 {
            violations.append(
                WireFieldViolation(
                    "\(path()).annual_revenue", found: "\(annualRevenue.minorUnits) \(annualRevenue.currency)",
                    expected: "0 or more in a currency such as USD"))
        }
        return violations
    }
}

extension WeightedTiers.Match {
    var wire: WireAccountMatch {
        .with {
            $0.tier = tier ?? ""
            $0.score = score
            $0.satisfied = satisfied
            $0.failed = failed
            $0.unknown = unknown
            $0.reasons = reasons.map(\.wire)
        }
    }
}

extension WireItemError {
    /// - Parameter violations: of the caller's item.
    init(_ error: RPCError, violations: [WireFieldViolation] = []) {
        self.init()
        code = error.code.rawValue
        message = error.message
        self.violations = violations
    }

    /// Of an item that is not as it must be.
    init(_ violations: [WireFieldViolation]) {
        self.init(.invalid(violations), violations: violations)
    }
}
