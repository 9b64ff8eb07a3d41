import Contracts
import Criteria
import GRDB
import Hosting
import ICPDomain
import Kernel
import RPC
import SwiftProtobuf

/// Under which agreement records are looked at: its custom fields and its currency.
struct CriteriaSubject: Sendable {
    /// 0 where none is in force.
    let version: Int64
    let fields: [WireCustomField]
    let catalogue: FieldCatalogue
    let currency: String

    func record(of view: AccountView, targetLists: [String]) -> FieldRecord {
        view.account.profile.record(
            catalogue, currency: currency, parentID: view.parentID, targetLists: targetLists)
    }

    /// Of an account as a caller gives it.
    func record(of account: WireAccount) -> FieldRecord {
        var profile = AccountProfile(account)
        profile.domains = account.hosts
        profile.country = account.countryInCapitals
        return profile.record(catalogue, currency: currency, parentID: account.parentID)
    }
}

extension TierLibrary.Profile {
    var subject: CriteriaSubject {
        CriteriaSubject(version: version, fields: fields, catalogue: catalogue, currency: currency)
    }
}

extension TierLibrary {
    /// Of a version, or of the one in force where the number is 0; nil where there is none in force.
    ///
    /// - Throws: `not_found` where there is no such version.
    func profile(version: Int64, at now: Instant, _ database: Database) throws -> Profile? {
        guard version != 0 else { return try AgreementStore.inForce(at: now, now: now, database).map(profile(of:)) }
        guard let record = try AgreementStore.version(version, at: now, database) else {
            throw RPCError(.notFound, "there is no agreement version \(version)")
        }
        return try profile(of: record)
    }

    /// As ``profile(version:at:_:)``; without custom fields, in USD, where no version is in force.
    func subject(version: Int64, at now: Instant, _ database: Database) throws -> CriteriaSubject {
        try profile(version: version, at: now, database)?.subject
            ?? CriteriaSubject(version: 0, fields: [], catalogue: FieldCatalogue(), currency: "USD")
    }
}
