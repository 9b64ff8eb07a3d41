public import Criteria

/// Closed deals and the companies they were made with.
public struct DiscoveryInput: Sendable {
    public struct Field: Hashable, Sendable {
        /// Such as `company.industry`; of deals `deal.source` or `deal.<dimension>`.
        public var name: String
        public var type: FieldType

        public init(name: String, type: FieldType) {
            self.name = name
            self.type = type
        }

        public var isOfCompany: Bool { !name.hasPrefix(Self.dealPrefix) }

        public static let dealPrefix = "deal."
    }

    public struct Deal: Sendable {
        public var won: Bool
        /// Its place in ``DiscoveryInput/accounts``.
        public var account: Int
        /// In major units of one currency; nil where it is not known.
        public var value: Double?
        /// Days from opening to closing.
        public var cycle: Double?
        /// Its own properties, without the `deal.`.
        public var properties: [String: String]

        public init(won: Bool, account: Int, value: Double?, cycle: Double?, properties: [String: String]) {
            self.won = won
            self.account = account
            self.value = value
            self.cycle = cycle
            self.properties = properties
        }
    }

    public var fields: [Field]
    public var accounts: [FieldRecord]
    public var deals: [Deal]

    public init(fields: [Field], accounts: [FieldRecord], deals: [Deal]) {
        self.fields = fields
        self.accounts = accounts
        self.deals = deals
    }

    /// What a field is for each deal.
    func values(of field: Field) -> [FieldValue?] {
        if field.isOfCompany {
            let values = accounts.map { $0[field.name] }
            return deals.map { values[$0.account] }
        }
        let name = String(field.name.dropFirst(Field.dealPrefix.count))
        return deals.map { deal in
            deal.properties[name].flatMap { FieldValue.text($0).fitted(to: .text) }
        }
    }
}
