import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import SwiftProtobuf
import Synchronization

/// The ideal customer profile of each version, compiled once.
final class TierLibrary: Sendable {
    private let profiles = Mutex<[Int64: Profile]>([:])

    struct Profile: Sendable {
        let tiers: WeightedTiers
        let catalogue: FieldCatalogue
        let currency: String
    }

    func profile(of record: AgreementRecord) throws -> Profile {
        if let known = profiles.withLock({ $0[record.life.version] }) { return known }
        let agreement = try WireAgreement(jsonString: record.canonical)
        let catalogue = FieldCatalogue(agreement)
        let profile = Profile(
            tiers: try WeightedTiers(agreement.icp, catalogue: catalogue), catalogue: catalogue,
            currency: agreement.currency)
        profiles.withLock { $0[record.life.version] = profile }
        return profile
    }
}

extension TierLibrary.Profile {
    /// What criteria see of an account. Revenue in another currency than the agreement's is unknown.
    func record(of account: WireAccount) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (name, text) in [
            ("account.id", account.accountID), ("company.name", account.name),
            ("company.domain", account.domains.first ?? ""), ("company.industry", account.industry),
            ("company.country", account.country), ("company.region", account.region), ("company.city", account.city),
        ] { record[name] = .text(text) }
        if account.hasEmployees { record["company.employees"] = .number(Double(account.employees)) }
        if account.hasAnnualRevenue, account.annualRevenue.currency == currency {
            record["company.annual_revenue"] = .number(Money(account.annualRevenue).major)
        }
        record["company.technologies"] = .list(account.technologies.map(FieldValue.text))
        record["company.signals"] = .list(account.signals.map(FieldValue.text))
        for (name, value) in account.custom { record["custom.\(name)"] = FieldValue(value) }
        return record
    }
}
