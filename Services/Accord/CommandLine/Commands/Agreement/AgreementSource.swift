public import ArgumentParser
import Contracts
import Foundation
import SwiftProtobuf

/// Which agreement is meant: the number of a version, or a file.
public enum AgreementSource: ExpressibleByArgument, Sendable {
    case version(Int64)
    case file(String)

    public init(argument: String) {
        self = Int64(argument).map { .version($0) } ?? .file(argument)
    }

    /// - Throws: where the file cannot be read.
    var reference: WireAgreementReference {
        get throws {
            switch self {
            case .version(let number): .with { $0.version = number }
            case .file(let path):
                try .with { $0.document = try String(contentsOfFile: path, encoding: .utf8) }
            }
        }
    }
}
