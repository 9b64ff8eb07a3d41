/// An amount of money: integer minor units with an ISO 4217 code.
public struct Money: Hashable, Sendable, Codable {
    public var minorUnits: Int64
    /// Three capital letters.
    public var currency: String

    public init(minorUnits: Int64, currency: String) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Digits behind the point of a currency (ISO 4217).
    public static func digits(of currency: String) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
            "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    /// Minor units in one major unit: 100 for USD, 1 for JPY.
    public static func scale(of currency: String) -> Int64 {
        switch digits(of: currency) {
        case 0: 1
        case 3: 1_000
        default: 100
        }
    }

    /// In major units: for means and ratios, never for sums.
    public var major: Double {
        Double(minorUnits) / Double(Self.scale(of: currency))
    }
}
