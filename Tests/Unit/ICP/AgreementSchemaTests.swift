import Foundation
import ICPDomain
import Testing

@Suite struct AgreementSchemaTests {
    private static func committed(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/\(name)")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Where this fails: accord agreement schema > docs/agreement.schema.json
    @Test func theCommittedSchemaIsThatOfTheReader() throws {
        let isSame = try Self.committed("agreement.schema.json") == Agreement.schema + "\n"
        #expect(isSame)
    }

    /// Where this fails: accord agreement schema --reference > docs/agreement-reference.md
    @Test func theCommittedReferenceIsThatOfTheReader() throws {
        let isSame = try Self.committed("agreement-reference.md") == Agreement.reference + "\n"
        #expect(isSame)
    }

    @Test func theSchemaIsJSONWithEveryReferenceDefined() throws {
        let schema = try Tree.parse(Agreement.schema)
        #expect(schema["$schema"] == .text("https://json-schema.org/draft/2020-12/schema"))
        let parts = Agreement.schema.components(separatedBy: "\"$ref\": \"#/$defs/").dropFirst()
        for part in parts {
            #expect(schema["$defs"]?[String(part.prefix { $0 != "\"" })] != nil)
        }
        #expect(parts.count > 10)
    }
}
