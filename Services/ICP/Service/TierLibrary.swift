import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import SwiftProtobuf
import Synchronization

/// What accounts are matched with in each version, compiled once.
final class TierLibrary: Sendable {
    private let profiles = Mutex<[Int64: Profile]>([:])

    struct Profile: Sendable {
        let version: Int64
        let tiers: WeightedTiers
        /// The custom fields that are declared.
        let fields: [WireCustomField]
        let catalogue: FieldCatalogue
        let currency: String
    }

    func profile(of record: AgreementRecord) throws -> Profile {
        if let known = profiles.withLock({ $0[record.life.version] }) { return known }
        let agreement = try WireAgreement(jsonString: record.canonical)
        let catalogue = FieldCatalogue(agreement)
        let profile = Profile(
            version: record.life.version, tiers: try WeightedTiers(agreement.icp, catalogue: catalogue),
            fields: agreement.fields, catalogue: catalogue, currency: agreement.currency)
        profiles.withLock { $0[record.life.version] = profile }
        return profile
    }
}
