import AccordTesting
import Foundation
import ICPDomain
import Testing

/// `accord agreement init`, `lint` and `schema`, as people meet them.
@Suite struct AgreementFileTests {
    @Test func initWritesAFileThatLintsCleanAndItsSchema() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("ours.yaml")
        let run = try await AccordRun([
            "agreement", "init", file, "--name", "Ours", "--motion", "abm", "--regions", "emea,amer", "--follow-up",
            "6h",
        ])
        #expect(run.code == 0 && run.errors == "", "\(run.errors)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasPrefix("# yaml-language-server: $schema=agreement.schema.json\n"))
        #expect(text.contains("name: \"Ours\"") && text.contains("duration: 6h"))
        let schema = try String(contentsOfFile: folder.path("agreement.schema.json"), encoding: .utf8)
        let isSchema = schema == Agreement.schema + "\n"
        #expect(isSchema)
        let lint = try await AccordRun(["agreement", "lint", file, "--strict"])
        #expect(lint.code == 0 && lint.errors == "" && lint.output == "\(file): no fault\n")
    }

    @Test func initOverwritesOnlyWhenTold() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("a.yaml", "name: Mine\n")
        let refused = try await AccordRun(["agreement", "init", file])
        #expect(refused.code == 65 && refused.output == "")
        #expect(refused.errors.contains("a.yaml is there already; --force overwrites it"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "name: Mine\n")
        let forced = try await AccordRun(["agreement", "init", file, "--force", "--json"])
        #expect(forced.code == 0 && forced.output.hasPrefix("{\"files\":["))
        #expect(try String(contentsOfFile: file, encoding: .utf8) != "name: Mine\n")
    }

    @Test func initWithoutATerminalTakesTheDefaultsAndPrintsForAPipe() async throws {
        let run = try await AccordRun(["agreement", "init", "-"])
        #expect(run.code == 0 && run.errors == "")
        #expect(run.output == AgreementStarter().text)
    }

    @Test(arguments: [
        ["--motion", "viral"], ["--regions", "emea,emea"], ["--regions", ""], ["--follow-up", "soon"],
        ["--currency", "dollars"],
    ])
    func initRefusesWhatItDoesNotKnow(arguments: [String]) async throws {
        let run = try await AccordRun(["agreement", "init", "-"] + arguments)
        #expect(run.code == 64 && run.output == "")
        #expect(run.errors.contains("expected "), "\(run.errors)")
    }

    @Test func schemaAndReferenceAreThoseOfTheReader() async throws {
        let schema = try await AccordRun(["agreement", "schema"])
        let reference = try await AccordRun(["agreement", "schema", "--reference"])
        #expect(schema.code == 0 && reference.code == 0)
        let areSame = schema.output == Agreement.schema + "\n" && reference.output == Agreement.reference + "\n"
        #expect(areSame)
    }

    @Test func warningsAreToldAndCountOnlyWhenStrict() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "w.yaml",
            """
            name: X
            routing:
              fallback_pool: all
              rules:
                - {id: dach, pool: a, when: {field: company.country, op: in, value: [DE, CH]}}
                - {id: south, pool: b, when: {field: company.country, op: in, value: [CH, IT]}}
            """)
        let told = try await AccordRun(["agreement", "lint", file])
        #expect(told.code == 0 && told.output == "\(file): no fault\n")
        #expect(told.errors.hasPrefix("\(file):6:7: warning: routing.rules[1]: found ch, as in rule dach"))
        #expect(try await AccordRun(["agreement", "lint", file, "--strict"]).code == 2)
        let json = try await AccordRun(["agreement", "lint", file, "--json"])
        #expect(json.code == 0 && json.output.contains("\"code\":\"overlap\""))
        #expect(json.output.hasPrefix("{\"violations\":[],\"warnings\":[{"))
    }

    @Test func aFileThatIsNoTextIsBadInputAtItsLine() async throws {
        let folder = try TemporaryFolder()
        let latin = folder.url.appendingPathComponent("latin.yaml")
        try Data("name: X\n# f".utf8 + [0xFC] + "r\n".utf8).write(to: latin)
        let run = try await AccordRun(["agreement", "lint", latin.path])
        #expect(run.code == 65)
        #expect(run.errors == "\(latin.path):2:4: found the byte 0xFC, expected UTF-8 text\n")
    }
}
