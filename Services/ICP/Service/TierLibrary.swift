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

extension WireAccount {
    /// What criteria see of an account. Revenue in another currency than the agreement's is unknown.
    func record(_ catalogue: FieldCatalogue, currency: String) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (field, text) in [
            ("account.id", accountID), ("company.name", name), ("company.domain", domains.first ?? ""),
            ("company.industry", industry), ("company.country", country), ("company.region", region),
            ("company.city", city),
        ] { record[field] = .text(text) }
        if hasEmployees { record["company.employees"] = .number(Double(employees)) }
        if hasAnnualRevenue, annualRevenue.currency == currency {
            record["company.annual_revenue"] = .number(Money(annualRevenue).major)
        }
        record["company.technologies"] = .list(technologies.map(FieldValue.text))
        record["company.signals"] = .list(signals.map(FieldValue.text))
        for (name, value) in custom { record["custom.\(name)"] = FieldValue(value) }
        return record
    }
}
